// SPDX-License-Identifier: GPL-2.0
/*
 * pcitsm accept: verify a function, then let it into the trust boundary as exactly what
 * was verified.
 */

#include <errno.h>
#include <json.h>
#include <stdio.h>
#include <string.h>

#include "address.h"
#include "cmd.h"
#include "nonce.h"
#include "policy.h"
#include "verify-setup.h"

enum { DIGEST = 1, NO_VERIFY, NO_RESTORE };

static const struct cmd_option options[] = {
	{ DIGEST, "digest", "DIGEST", "accept what somebody else verified: sha384:..." },
	{ NO_VERIFY, "no-verify", NULL, "accept whatever it is. Not for data that matters" },
	{ NO_RESTORE, "no-restore", NULL, "a reset takes it out of run, even if it is the same" },
	{ 0, NULL, NULL, NULL }
};

struct request {
	struct verify_setup *setup;
	bool verify_options;	/* one of them was given */
	const char *digest;
	bool no_verify;
	bool no_restore;
};

static enum status parse(int argc, char **argv, struct request *request)
{
	enum status status;
	const char *value;
	int id;

	while ((id = cmd_getopt(&cmd_accept_verb, argc, argv, &value)) >= 0) {
		switch (id) {
		case DIGEST:
			request->digest = value;
			break;
		case NO_VERIFY:
			request->no_verify = true;
			break;
		case NO_RESTORE:
			request->no_restore = true;
			break;
		default:
			request->verify_options = true;
			status = verify_setup_option(request->setup, id, value);
			if (status != STATUS_OK)
				return status;
		}
	}
	if (request->setup->name && request->setup->any_name)
		return cmd_usage(&cmd_accept_verb, "--name and --any-name contradict each other");
	if (request->digest && request->no_verify)
		return cmd_usage(&cmd_accept_verb,
				 "--digest and --no-verify contradict each other");
	if ((request->digest || request->no_verify) && request->verify_options)
		return cmd_usage(&cmd_accept_verb,
				 "with --digest or --no-verify nothing is verified here");
	if (request->digest && !address_is_digest(request->digest))
		return cmd_usage(&cmd_accept_verb,
				 "expected --digest sha384: and 96 lower-case hexadecimal digits");
	return STATUS_OK;
}

/* The digest of whatever is there, so that it is the same at least after a reset */
static enum status unverified(struct function *fn, char *digest)
{
	uint8_t nonce[EVIDENCE_NONCE_SIZE];
	struct evidence ev;
	int rc;

	complain("WARNING: %s is NOT VERIFIED, it may be made up by the host,", fn->address);
	complain("WARNING: and gets access to ALL PRIVATE MEMORY of this virtual machine");
	rc = nonce_get(NULL, nonce);
	if (!rc)
		rc = function_collect(fn, nonce, &ev);
	if (rc)
		return cmd_status(rc);
	evidence_free(&ev);
	memcpy(digest, fn->digest, EVIDENCE_DIGEST_TEXT);
	return STATUS_OK;
}

/* That somebody made a device says nothing of the firmware that is in it */
static enum status need_measurements(const struct function *fn, const struct verify_setup *setup)
{
	if (setup->policy_path || setup->want.nr_required || setup->want.others_allowed)
		return STATUS_OK;
	complain("%s: nothing says which measurements are good: --reference or --allow-others",
		 fn->address);
	return STATUS_REFUSED;
}

static enum status find_digest(struct function *fn, const struct request *request, char *digest,
			       struct json_object **verdict)
{
	enum status status;

	if (request->digest) {
		snprintf(digest, EVIDENCE_DIGEST_TEXT, "%s", request->digest);
		return STATUS_OK;
	}
	if (request->no_verify)
		return unverified(fn, digest);
	status = verify_setup_function(request->setup, fn, digest, verdict);
	return status == STATUS_OK ? need_measurements(fn, request->setup) : status;
}

static enum status print_json(const struct function *fn, struct json_object *verdict)
{
	struct json_object *object = json_function(fn);

	if (object && !json_object_object_add(object, "verdict", verdict))
		return json_print(object);
	json_object_put(verdict);
	json_object_put(object);
	return json_print(NULL);
}

static enum status accept_digest(struct function *fn, const struct request *request,
				 const char *digest)
{
	const struct rule *rule = request->setup->rule;
	bool no_restore = request->no_restore || (rule && !rule->restore);
	int rc;

	rc = function_accept(fn, digest);
	if (rc || !no_restore)
		return cmd_status(rc);
	rc = function_set_restore(fn, false);
	if (rc)
		complain("%s: it was accepted all the same; see tsm/restore", fn->address);
	return cmd_status(rc);
}

static enum status accept_function(struct function *fn, const struct request *request)
{
	struct json_object *verdict = NULL;
	char digest[EVIDENCE_DIGEST_TEXT], before[16];
	enum status status, printed;

	memcpy(before, fn->state, sizeof(before));
	status = find_digest(fn, request, digest, globals.json ? &verdict : NULL);
	if (status == STATUS_OK)
		status = accept_digest(fn, request, digest);
	else if (status == STATUS_REFUSED)
		complain("%s: it is not accepted and stays %s", fn->address, fn->state);

	if (status == STATUS_OK && function_refresh(fn)) {
		complain("%s: it was accepted and is gone", fn->address);
		status = STATUS_UNSUPPORTED;
	}
	if (globals.json && (status == STATUS_OK || verdict)) {
		printed = print_json(fn, verdict);
		return status == STATUS_OK ? printed : status;
	}
	if (status == STATUS_OK)
		printf("%s: %s -> %s, accepted as %s\n", fn->address, before, fn->state, digest);
	return status;
}

int cmd_accept(int argc, char **argv)
{
	struct request request = { 0 };
	enum status status;
	struct function fn;
	char **operands;
	int rc;

	request.setup = verify_setup_new();
	if (!request.setup) {
		complain("out of memory");
		return STATUS_ERROR;
	}
	status = parse(argc, argv, &request);
	if (status == STATUS_OK) {
		operands = cmd_operands(&cmd_accept_verb, argc, argv, 1, 1, NULL);
		rc = function_open(operands[0], &fn);
		status = cmd_open_status(rc);
		if (!rc) {
			status = accept_function(&fn, &request);
			function_close(&fn);
		}
	}
	verify_setup_free(request.setup);
	return status;
}

const struct cmd cmd_accept_verb = {
	.name = "accept",
	.operands = "ADDRESS",
	.help = "verify a function and accept what was verified",
	.options = options,
	.shared = verify_options,
	.run = cmd_accept,
};
