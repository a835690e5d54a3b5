// SPDX-License-Identifier: GPL-2.0
/*
 * Options that say what a device has to be, for verify and accept, and what is done with
 * them.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nonce.h"
#include "policy-rule.h"
#include "reference.h"
#include "show-evidence.h"
#include "verify-setup.h"

enum {
	ROOTS = VERIFY_OPTION_FIRST,
	NAME,
	ANY_NAME,
	REFERENCE,
	IGNORE,
	OTHERS,
	MINIMUM_SVN,
	ALLOW_DEBUG,
	ALLOW_FW_UPDATE,
	ALLOW_ATS,
	ALLOW_PRS,
	ALLOW_RESERVED,
	POLICY,
};

const struct cmd_option verify_options[] = {
	{ ROOTS, "roots", "FILE", "trusted root certificates, PEM" },
	{ NAME, "name", "NAME", "whose certificate it must be; default: the function's" },
	{ ANY_NAME, "any-name", NULL, "whosoever's certificate it is" },
	{ REFERENCE, "reference", "FILE", "measurements, \"INDEX TYPE VALUE\" on each line" },
	{ IGNORE, "ignore", "INDEX,...", "whatever these measurements are" },
	{ OTHERS, "allow-others", NULL, "measurements that the reference does not have are good" },
	{ MINIMUM_SVN, "minimum-svn", "N", "security version number to have at least" },
	{ ALLOW_DEBUG, "allow-debug", NULL, "debug modes, and other than normal operation" },
	{ ALLOW_FW_UPDATE, "allow-fw-update", NULL, "the firmware may be replaced in use" },
	{ ALLOW_ATS, "allow-ats", NULL, "the device may translate addresses" },
	{ ALLOW_PRS, "allow-prs", NULL, "the device may request pages" },
	{ ALLOW_RESERVED, "allow-reserved", NULL, "reserved bits may be set in the report" },
	{ POLICY, "policy", "FILE", "take all of this from a policy file or directory" },
	{ 0, NULL, NULL, NULL }
};

struct verify_setup *verify_setup_new(void)
{
	return calloc(1, sizeof(struct verify_setup));
}

void verify_setup_free(struct verify_setup *setup)
{
	if (!setup)
		return;
	reference_free(setup->reference, setup->nr_reference);
	if (setup->policy)
		policy_free(setup->policy);
	free(setup);
}

/* A number as C has it, with nothing in front or behind */
static int parse_number(const char *text, char end, unsigned long long most,
			unsigned long long *value, const char **rest)
{
	char *stop;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &stop, 0);
	if (errno || *value > most || (*stop && *stop != end))
		return -EINVAL;
	*rest = *stop ? stop + 1 : stop;
	return *stop && !stop[1] ? -EINVAL : 0;
}

static enum status set_ignored(struct verify_setup *setup, const char *value)
{
	unsigned long long index;
	const char *at = value;

	do {
		if (parse_number(at, ',', UINT8_MAX, &index, &at)) {
			complain("--ignore: expected indices like 0x10,0xfd, found \"%s\"", value);
			return STATUS_USAGE;
		}
		setup->want.ignored[index / 64] |= 1ULL << index % 64;
	} while (*at);
	return STATUS_OK;
}

static enum status set_minimum_svn(struct verify_setup *setup, const char *value)
{
	unsigned long long svn;

	if (parse_number(value, 0, UINT64_MAX, &svn, &value)) {
		complain("--minimum-svn: expected a number, found \"%s\"", value);
		return STATUS_USAGE;
	}
	setup->want.minimum_svn = svn;
	return STATUS_OK;
}

static enum status set_reference(struct verify_setup *setup, const char *path)
{
	struct measurement *list;
	size_t nr;
	int rc = reference_load(path, &list, &nr);

	if (rc)
		return rc == -EINVAL ? STATUS_USAGE : cmd_status(rc);
	reference_free(setup->reference, setup->nr_reference);
	setup->reference = list;
	setup->nr_reference = nr;
	setup->want.required = list;
	setup->want.nr_required = nr;
	return STATUS_OK;
}

enum status verify_setup_option(struct verify_setup *setup, int id, const char *value)
{
	struct expectation *want = &setup->want;

	switch (id) {
	case NAME:
		setup->name = value;
		return STATUS_OK;
	case ANY_NAME:
		setup->any_name = true;
		return STATUS_OK;
	case POLICY:
		setup->policy_path = value;
		return STATUS_OK;
	}

	/* What is left is what a policy says instead */
	setup->judged = verify_options[id - ROOTS].name;
	switch (id) {
	case ROOTS:
		want->roots = value;
		break;
	case REFERENCE:
		return set_reference(setup, value);
	case IGNORE:
		return set_ignored(setup, value);
	case OTHERS:
		want->others_allowed = true;
		break;
	case MINIMUM_SVN:
		return set_minimum_svn(setup, value);
	case ALLOW_DEBUG:
		want->allow_debug = true;
		break;
	case ALLOW_FW_UPDATE:
		want->allow_fw_update = true;
		break;
	case ALLOW_ATS:
		want->allow_ats = true;
		break;
	case ALLOW_PRS:
		want->allow_prs = true;
		break;
	case ALLOW_RESERVED:
		want->allow_reserved = true;
		break;
	}
	return STATUS_OK;
}

/*
 * Evidence in files does not say where its function is: a rule for one address is not for
 * it, but may be the one that apply takes
 */
static void tell_slots(const struct policy *policy, const struct function *fn)
{
	for (size_t i = 0; i < policy->nr_rules; i++) {
		const struct policy_rule *other = policy->rules[i];
		struct function there = *fn;

		if (!(other->match.keys & MATCH_SLOT))
			continue;
		memcpy(there.address, other->match.slot, sizeof(there.address));
		if (policy_match(policy, &there) == &other->rule)
			complain("note: rule \"%s\" of %s is left out: it is for %s only; "
				 "files do not say where their function is",
				 other->name, other->file, there.address);
	}
}

/* What to expect, by the policy or by the options */
static enum status find_want(struct verify_setup *setup, const struct function *fn,
			     struct expectation *want)
{
	const struct rule *rule;

	*want = setup->want;
	if (!setup->policy_path) {
		/* Without a reference, what was found is told, to become one */
		if (!want->nr_required)
			want->others_allowed = true;
		return STATUS_OK;
	}
	if (setup->judged) {
		complain("--policy and --%s contradict each other", setup->judged);
		return STATUS_USAGE;
	}
	if (!setup->policy && policy_load(setup->policy_path, &setup->policy)) {
		setup->policy = NULL;
		return STATUS_USAGE;
	}
	if (fn->dirfd < 0)
		tell_slots(setup->policy, fn);
	rule = policy_match(setup->policy, fn);
	if (!rule) {
		complain("%s: no rule of %s fits it: it stays held", fn->address,
			 setup->policy_path);
		return STATUS_REFUSED;
	}
	setup->rule = rule;
	*want = rule->want;
	return STATUS_OK;
}

static enum status tell(const struct verdict *v, const struct expectation *want,
			struct json_object **json)
{
	if (json)
		*json = json_verdict(v);
	if (json && !*json)
		return STATUS_ERROR;
	if (!globals.json) {
		show_verdict(v);
		if (v->good && !want->nr_required && v->nr_measurements) {
			printf("\n# Measurements, to be kept as a reference if they are right\n");
			reference_print(stdout, v->measurements, v->nr_measurements);
		}
	}
	for (int i = 0; i < NR_CHECKS; i++)
		if (v->result[i] == RESULT_BAD)
			complain("verify: %s: %s", check_names[i], v->text[i]);
	if (!want->roots)
		complain("verify: certificates: no root is trusted; "
			 "name some by --roots");
	return v->good ? STATUS_OK : STATUS_REFUSED;
}

enum status verify_setup_evidence(struct verify_setup *setup, const struct function *fn,
				  const struct evidence *ev, const char *name,
				  const uint8_t *nonce, char *digest, struct json_object **json)
{
	struct expectation want;
	enum status status;
	struct verdict v;
	int rc;

	status = find_want(setup, fn, &want);
	if (status)
		return status;
	want.name = setup->rule && setup->rule->any_name ? NULL : name;
	want.nonce = nonce;
	if (setup->want.now)
		want.now = setup->want.now;

	rc = verify(ev, &want, &v);
	if (rc)
		return cmd_status(rc);
	status = tell(&v, &want, json);
	if (v.good && digest)
		memcpy(digest, v.digest, EVIDENCE_DIGEST_TEXT);
	verdict_free(&v);
	return status;
}

/* The kernel refuses to accept anything else; say so here, where it can be explained */
static enum status check_kernel(struct function *fn, const char *digest)
{
	if (function_refresh(fn)) {
		complain("%s: it is gone", fn->address);
		return STATUS_UNSUPPORTED;
	}
	if (!strcmp(fn->digest, digest))
		return STATUS_OK;
	complain("%s: verified %s, but the kernel has %s; "
		 "its evidence was collected anew, or its TSM reports other addresses; "
		 "begin again",
		 fn->address, *digest ? digest : "nothing that has a digest",
		 *fn->digest ? fn->digest : "none");
	return STATUS_STALE;
}

enum status verify_setup_function(struct verify_setup *setup, struct function *fn,
				  char *digest, struct json_object **json)
{
	uint8_t nonce[EVIDENCE_NONCE_SIZE];
	char name[FUNCTION_CMA_NAME];
	const char *wanted = name;
	struct evidence ev;
	enum status status;
	int rc;

	*digest = 0;
	if (json)
		*json = NULL;
	if (!setup->want.roots && !setup->policy_path) {
		complain("nothing says which devices are good; "
			 "name trusted roots by --roots, or a policy by --policy");
		return STATUS_USAGE;
	}
	if (setup->policy_path && (setup->name || setup->any_name)) {
		complain("--policy and --%s contradict each other; "
			 "the rule says whose certificate it must be",
			 setup->name ? "name" : "any-name");
		return STATUS_USAGE;
	}
	function_cma_name(fn, name);
	if (setup->name)
		wanted = setup->name;
	else if (setup->any_name)
		wanted = NULL;

	rc = nonce_get(setup->nonce, nonce);
	if (rc)
		return rc == -EINVAL ? STATUS_USAGE : cmd_status(rc);
	rc = function_collect(fn, nonce, &ev);
	if (rc)
		return cmd_status(rc);
	status = verify_setup_evidence(setup, fn, &ev, wanted, nonce, digest, json);
	evidence_free(&ev);
	if (!status)
		status = check_kernel(fn, digest);
	if (status)
		*digest = 0;
	return status;
}
