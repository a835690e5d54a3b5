/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the command line says a device has to be: the part of it that cmd.h does not
 * have, for cmd-verify.c.
 */

#ifndef PCITSM_VERIFY_SETUP_H
#define PCITSM_VERIFY_SETUP_H

#include "cmd.h"
#include "verify.h"

struct policy;
struct rule;

/**
 * struct verify_setup - options of verify and accept
 * @want: what follows from them; nonce and, for a function, name come later
 * @name: --name
 * @any_name: --any-name
 * @policy_path: --policy
 * @policy: what is in that file, once it was needed
 * @rule: the one of it that was found for the function; NULL: none, or there is no policy
 * @reference: of --reference
 * @nr_reference: how many
 * @judged: an option was given that a policy says something about, its name
 * @nonce: --nonce of verify: as it was given; NULL: a new one
 */
struct verify_setup {
	struct expectation want;
	const char *name;
	bool any_name;
	const char *policy_path;
	struct policy *policy;
	const struct rule *rule;
	struct measurement *reference;
	size_t nr_reference;
	const char *judged;
	const char *nonce;
};

/**
 * verify_setup_evidence() - verify evidence and tell what comes of it
 * @setup: what to expect
 * @fn: the function that it is of, or is said to be of; NULL: there is no policy
 * @ev: the evidence
 * @name: expected name; NULL: any
 * @nonce: expected nonce; NULL: any
 * @digest: room for EVIDENCE_DIGEST_TEXT, filled in if the verdict is good; may be NULL
 * @json: as of verify_setup_function()
 *
 * Return: as of verify_setup_function().
 */
enum status verify_setup_evidence(struct verify_setup *setup, const struct function *fn,
				  const struct evidence *ev, const char *name,
				  const uint8_t *nonce, char *digest, struct json_object **json);

#endif /* PCITSM_VERIFY_SETUP_H */
