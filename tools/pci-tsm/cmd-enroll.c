// SPDX-License-Identifier: GPL-2.0
/*
 * pcitsm enroll: write a policy from a device that somebody decides to trust.
 */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json.h>

#include "apply.h"
#include "cmd.h"
#include "enroll.h"
#include "nonce.h"
#include "policy-rule.h"

enum {
	OPTION_ROOTS = 1,
	OPTION_NAME,
	OPTION_IGNORE,
	OPTION_SLOT,
	OPTION_NO_RESTORE,
	OPTION_TSM,
	OPTION_FORCE,
};

static const struct cmd_option options[] = {
	{ OPTION_ROOTS, "roots", "FILE", "who makes such devices; else the device's own root" },
	{ OPTION_NAME, "name", "NAME", "of the rule" },
	{ OPTION_IGNORE, "ignore", "0xNN", "measurement that may change; can be repeated" },
	{ OPTION_SLOT, "slot", NULL, "for this address only" },
	{ OPTION_NO_RESTORE, "no-restore", NULL, "a reset ends it" },
	{ OPTION_TSM, "tsm", "tsmN", "TSM to lock it with" },
	{ OPTION_FORCE, "force", NULL, "replace files" },
	{}
};

const struct cmd cmd_enroll_verb = {
	.name = "enroll",
	.operands = "ADDRESS FILE",
	.help = "write a policy that allows what a device is now",
	.options = options,
	.run = cmd_enroll,
};

struct enroll {
	struct enrolment what;
	const char *file;
	const char *tsm;
	char own_root[PATH_MAX];	/* empty: the roots were given */
	char roots[PATH_MAX];
	bool force;
};

/* "10-nvme.json" has its root in "10-nvme.pem", and names it without a directory */
static int name_files(struct enroll *enroll, const char *roots)
{
	const char *name;
	size_t size = strlen(enroll->file);

	if (roots) {
		if (realpath(roots, enroll->roots)) {
			enroll->what.roots = enroll->roots;
			return 0;
		}
		complain("%s: %m", roots);
		return -errno;
	}
	if (size > 5 && !strcmp(enroll->file + size - 5, ".json"))
		size -= 5;
	if (snprintf(enroll->own_root, sizeof(enroll->own_root), "%.*s.pem", (int)size,
		     enroll->file) >= (int)sizeof(enroll->own_root)) {
		complain("%s: too long", enroll->file);
		return -ENAMETOOLONG;
	}
	strcpy(enroll->roots, enroll->own_root);
	name = strrchr(enroll->own_root, '/');
	enroll->what.roots = name ? name + 1 : enroll->own_root;
	return 0;
}

/* The file is there only if apply would take the device by it now */
static enum status write_policy(struct enroll *enroll)
{
	struct json_object *policy = enroll_policy(&enroll->what);
	const char *text;
	char *line;
	int rc = -ENOMEM;

	text = policy ? json_object_to_json_string_ext(policy, JSON_C_TO_STRING_PRETTY |
						       JSON_C_TO_STRING_SPACED |
						       JSON_C_TO_STRING_NOSLASHESCAPE) : NULL;
	if (text && asprintf(&line, "%s\n", text) > 0) {
		rc = enroll_write(enroll->file, line, strlen(line), enroll->force);
		free(line);
	} else {
		complain("out of memory");
	}
	json_object_put(policy);
	return rc ? STATUS_ERROR : STATUS_OK;
}

/* Everything but what it measures must be good before that is what is expected */
static enum status verify_now(struct enroll *enroll, const uint8_t *nonce, struct verdict *v)
{
	char name[FUNCTION_CMA_NAME], why[600];
	struct expectation want = {
		.roots = enroll->roots,
		.name = name,
		.nonce = nonce,
		.others_allowed = true,
		.allow_fw_update = true,
		.allow_ats = true,
		.allow_prs = true,
		.need_report = true,
	};

	function_cma_name(enroll->what.fn, name);
	if (verify(enroll->what.ev, &want, v))
		return STATUS_ERROR;
	if (v->good)
		return STATUS_OK;
	apply_first_bad(v, why, sizeof(why));
	complain("%s: not enrolled: %s", enroll->what.fn->address, why);
	return STATUS_REFUSED;
}

static enum status enroll_evidence(struct enroll *enroll, const uint8_t *nonce)
{
	enum status status;
	struct verdict v;

	if (enroll->own_root[0] &&
	    enroll_write_root(enroll->own_root, enroll->what.ev, enroll->force))
		return STATUS_ERROR;
	status = verify_now(enroll, nonce, &v);
	if (status == STATUS_OK) {
		enroll->what.v = &v;
		status = write_policy(enroll);
		enroll->what.v = NULL;
	}
	verdict_free(&v);
	if (status != STATUS_OK && enroll->own_root[0])
		unlink(enroll->own_root);
	return status;
}

static enum status enroll_locked(struct enroll *enroll, struct function *fn)
{
	uint8_t nonce[EVIDENCE_NONCE_SIZE];
	enum status status;
	struct evidence ev;
	int rc;

	rc = nonce_get(NULL, nonce);
	if (rc)
		return STATUS_ERROR;
	rc = function_collect(fn, nonce, &ev);
	if (rc)
		return cmd_status(rc);
	enroll->what.fn = fn;
	enroll->what.ev = &ev;
	status = enroll_evidence(enroll, nonce);
	enroll->what.ev = NULL;
	evidence_free(&ev);
	return status;
}

/* Locks it if nobody has, and only then unlocks it */
static enum status enroll_function(struct enroll *enroll, struct function *fn)
{
	bool ours = !strcmp(fn->state, "unlocked");
	enum status status;
	char tsm[16];
	int rc = 0;

	if (ours) {
		rc = function_tsm(enroll->tsm, tsm);
		if (!rc)
			rc = function_lock(fn, tsm);
	}
	if (rc)
		return cmd_status(rc);
	status = enroll_locked(enroll, fn);
	if (ours) {
		rc = function_refresh(fn) ?: function_unlock(fn);
		if (rc && status == STATUS_OK)
			status = STATUS_ERROR;
	}
	return status;
}

static bool ignore(struct enroll *enroll, const char *text)
{
	uint8_t index;

	if (strncmp(text, "0x", 2) || hex_parse(text + 2, &index, 1) || !index || index == 0xff)
		return false;
	enroll->what.ignored[index / 64] |= UINT64_C(1) << index % 64;
	return true;
}

/* It must be possible to read it again */
static bool good_name(const char *name)
{
	size_t size = strlen(name);

	for (size_t i = 0; i < size; i++)
		if (name[i] < ' ' || name[i] > '~')
			return false;
	return size && size <= POLICY_NAME_MOST;
}

int cmd_enroll(int argc, char **argv)
{
	struct enroll enroll = { .what.restore = true };
	const char *value, *roots = NULL;
	enum status status;
	struct function fn;
	char **words;
	int id, rc;

	while ((id = cmd_getopt(&cmd_enroll_verb, argc, argv, &value)) != -1) {
		switch (id) {
		case OPTION_ROOTS:
			roots = value;
			break;
		case OPTION_NAME:
			if (!good_name(value))
				return cmd_usage(&cmd_enroll_verb, "%s: no name for a rule", value);
			enroll.what.name = value;
			break;
		case OPTION_IGNORE:
			if (!ignore(&enroll, value))
				return cmd_usage(&cmd_enroll_verb,
						 "%s: expected 0x01 to 0xfe", value);
			break;
		case OPTION_SLOT:
			enroll.what.slot = true;
			break;
		case OPTION_NO_RESTORE:
			enroll.what.restore = false;
			break;
		case OPTION_TSM:
			enroll.tsm = value;
			break;
		case OPTION_FORCE:
			enroll.force = true;
			break;
		}
	}
	words = cmd_operands(&cmd_enroll_verb, argc, argv, 2, 2, NULL);
	enroll.file = words[1];
	if (name_files(&enroll, roots))
		return STATUS_USAGE;
	rc = function_open(words[0], &fn);
	if (rc)
		return cmd_status(rc);
	if (!enroll.what.name)
		enroll.what.name = fn.address;
	status = enroll_function(&enroll, &fn);
	function_close(&fn);
	return status;
}
