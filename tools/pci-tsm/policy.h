/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policy: which functions may enter run without a person, and what they have to be.
 * Format: pcitsm-policy(5), JSON, versioned. Default: deny.
 */

#ifndef PCITSM_POLICY_H
#define PCITSM_POLICY_H

#include "function.h"
#include "verify.h"

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
 * @want: to be given to verify(); nonce and name are set by the caller
 * @tsm: TSM to lock with, NULL: the only one
 * @restore: whether the function is restored after resets
 */
struct rule {
	const char *name;
	struct expectation want;
	const char *tsm;
	bool restore;
};

/**
 * policy_match() - the first rule whose match fits a function
 * @policy: the policy
 * @fn: the function
 * Return: the rule, owned by @policy; NULL: none, so the function stays held.
 */
const struct rule *policy_match(const struct policy *policy, const struct function *fn);

#endif /* PCITSM_POLICY_H */
