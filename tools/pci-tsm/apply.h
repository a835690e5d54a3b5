/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Carry out policy for one function.
 */

#ifndef PCITSM_APPLY_H
#define PCITSM_APPLY_H

#include "policy.h"

enum outcome {
	APPLY_ACCEPTED,		/* it is in run now */
	APPLY_ALREADY,		/* it has been in run before */
	APPLY_NO_RULE,		/* no rule matches it */
	APPLY_REFUSED,		/* it is not what its rule wants */
	APPLY_STALE,		/* it was measured anew meanwhile, and differs */
	APPLY_FAILED,		/* something else went wrong */
};

/**
 * struct applied - what came of it
 * @outcome: in one word
 * @rule: the rule that matches, NULL: none, or it did not matter
 * @reason: why, printable, one line
 * @digest: of what was verified, empty if nothing was
 * @unsupported: it failed because there is no such TSM, or no such function any more
 */
struct applied {
	enum outcome outcome;
	const struct rule *rule;
	char reason[800];
	char digest[EVIDENCE_DIGEST_TEXT];
	bool unsupported;
};

/**
 * apply() - bring a function to run if policy allows it
 * @policy: the policy
 * @fn: the function, in any state
 * @done: what came of it
 *
 * Locks it, collects evidence for a fresh nonce, verifies it and accepts it by digest. If
 * it is measured anew meanwhile, that is tried again, a few times. If that does not
 * succeed, a function that was locked here is unlocked again. One that
 * somebody else locked is left as it is.
 */
void apply(const struct policy *policy, struct function *fn, struct applied *done);

/* The first check that failed, "measurements: ..." */
void apply_first_bad(const struct verdict *v, char *text, size_t size);

#endif /* PCITSM_APPLY_H */
