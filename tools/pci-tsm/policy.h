/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policy: which functions may enter run without a person, and what they have to be.
 * Format: pcitsm-policy(5), JSON, versioned. Default: deny.
 */

#ifndef PCITSM_POLICY_H
#define PCITSM_POLICY_H

#include "function.h"
#include "verify.h"

/* Where policy is unless somebody says otherwise */
#define POLICY_DEFAULT PCITSM_SYSCONFDIR "/pci-tsm/policy.d"

struct policy;

/**
 * policy_load() - read a policy file, or all NN-*.json files of a directory in order
 * @path: the file or directory
 * @policy: on success, to be freed with policy_free()
 *
 * Strict: an unknown key, a duplicate key, a wrong type or number, trailing bytes, a
 * zero byte are errors, with file and place. Files that somebody other than root and
 * the caller may write to are refused.
 * Return: 0 or a negative error number.
 */
int policy_load(const char *path, struct policy **policy);
void policy_free(struct policy *policy);

/**
 * struct rule - what a policy says of one function
 * @name: of the rule, for messages
 * @file: where it stands
 * @want: to be given to verify(); nonce and name are set by the caller
 * @any_name: the name in the certificate does not matter
 * @tsm: TSM to lock with, NULL: the only one
 * @restore: whether the function is restored after resets
 */
struct rule {
	const char *name;
	const char *file;
	struct expectation want;
	bool any_name;
	const char *tsm;
	bool restore;
};

/* Rule number @n, from 0 on, in the order in which they are tried; NULL: no more */
const struct rule *policy_rule(const struct policy *policy, size_t n);

/**
 * policy_match() - the first rule whose match fits a function
 * @policy: the policy
 * @fn: the function
 * Return: the rule, owned by @policy; NULL: none, so the function stays held.
 */
const struct rule *policy_match(const struct policy *policy, const struct function *fn);

/**
 * policy_verify() - judge evidence of a function by a rule
 * @rule: the rule
 * @fn: the function
 * @ev: its evidence
 * @nonce: what it was collected for; NULL: any
 * @v: as of verify()
 *
 * Return: as verify().
 */
int policy_verify(const struct rule *rule, const struct function *fn,
		  const struct evidence *ev, const uint8_t *nonce, struct verdict *v);

#endif /* PCITSM_POLICY_H */
