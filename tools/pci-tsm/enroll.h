/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Make a policy file of what a device is now.
 */

#ifndef PCITSM_ENROLL_H
#define PCITSM_ENROLL_H

#include <limits.h>

#include "function.h"
#include "verify.h"

struct json_object;

/**
 * struct enrolment - what goes into the rule
 * @fn: the function
 * @ev: its evidence, which is verified
 * @v: the verdict
 * @name: of the rule
 * @roots: file with the roots, as the policy has to name it
 * @ignored: as in struct expectation
 * @restore: whether it is restored after resets
 * @slot: for this address only
 * @tsm: to lock it with, NULL: the only one
 */
struct enrolment {
	const struct function *fn;
	const struct evidence *ev;
	const struct verdict *v;
	const char *name;
	const char *roots;
	uint64_t ignored[4];
	bool restore;
	bool slot;
	const char *tsm;
};

/**
 * enroll_policy() - the policy as JSON
 * @what: what goes into it
 *
 * What the report of the device allows itself is allowed, and complained about.
 * Return: NULL: no memory.
 */
struct json_object *enroll_policy(const struct enrolment *what);

/**
 * enroll_can_say() - is there a policy for what a device is?
 * @what: the device
 *
 * Complains.
 * Return: STATUS_OK, or STATUS_REFUSED: it has a number that no policy can have.
 */
enum status enroll_can_say(const struct enrolment *what);

/**
 * enroll_check() - would apply take the device by this policy?
 * @what: the device
 * @path: where the policy will be
 * @text: the policy
 * @roots: a file that has the roots now
 *
 * Complains.
 * Return: STATUS_OK, STATUS_REFUSED, or STATUS_ERROR: the policy cannot even be loaded.
 */
enum status enroll_check(const struct enrolment *what, const char *path,
			 const struct bytes *text, const char *roots);

/**
 * struct enroll_file - a file that is there as a whole or not at all
 * @path: where it will be
 * @part: where it is until then; empty: it was not written
 * @old: another name of what it replaced; empty: nothing
 */
struct enroll_file {
	char path[PATH_MAX];
	char part[PATH_MAX];
	char old[PATH_MAX];
};

/**
 * enroll_write() - write a file, but not yet to its place
 * @file: the file; to be given to enroll_clean() in any case
 * @data: its contents
 *
 * Complains.
 * Return: 0 or a negative error number.
 */
int enroll_write(struct enroll_file *file, const struct bytes *data);

/**
 * enroll_put() - put files in their places, all or none
 * @files: those that were written
 * @nr: how many
 * @force: replace what is there
 *
 * Complains.
 * Return: 0 or a negative error number.
 */
int enroll_put(struct enroll_file *files, size_t nr, bool force);

/* Remove what is left beside the file, if there is something */
void enroll_clean(const struct enroll_file *file);

/* The certificates of a file, as PEM without anything else. Return: as above. */
int enroll_given_roots(const char *path, struct bytes *pem);

/* The first certificate of the chain; says which it is, and that @path has it */
int enroll_own_root(const char *path, const struct evidence *ev, struct bytes *pem);

#endif /* PCITSM_ENROLL_H */
