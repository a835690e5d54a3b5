/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Make a policy file of what a device is now.
 */

#ifndef PCITSM_ENROLL_H
#define PCITSM_ENROLL_H

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
 * enroll_write() - write a file that is there as a whole or not at all
 * @path: the file
 * @data: its contents
 * @size: how much
 * @force: replace one that is there
 *
 * Complains. Return: 0 or a negative error number.
 */
int enroll_write(const char *path, const void *data, size_t size, bool force);

/* Write the first certificate of the chain, and say which it is. Return: as above. */
int enroll_write_root(const char *path, const struct evidence *ev, bool force);

#endif /* PCITSM_ENROLL_H */
