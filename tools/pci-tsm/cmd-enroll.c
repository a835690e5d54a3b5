// SPDX-License-Identifier: GPL-2.0
/*
 * pcitsm enroll: write a policy from a device that somebody decides to trust.
 */

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <json.h>

#include "address.h"
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

enum { ROOTS, POLICY, NR_FILES };

struct enroll {
	struct enrolment what;
	struct enroll_file files[NR_FILES];
	const char *given;		/* roots; NULL: the device's own one */
	struct bytes pem;		/* what is to be written; empty: it is there */
	bool force;
};

/* Are they in their place already? By a link they may go away. */
static bool is_in_place(const char *given, const char *path)
{
	struct stat from, to;

	return !stat(given, &from) && !lstat(path, &to) && S_ISREG(to.st_mode) &&
	       from.st_dev == to.st_dev && from.st_ino == to.st_ino;
}

/*
 * "10-nvme.json" has its roots in "10-nvme.pem", and names them without a directory. Those
 * that were given may be where the service and an initramfs do not get at them.
 */
static int name_files(struct enroll *enroll, const char *file)
{
	char *path = enroll->files[ROOTS].path;
	const char *name;
	size_t size = strlen(file);

	if (snprintf(enroll->files[POLICY].path, PATH_MAX, "%s", file) >= PATH_MAX) {
		complain("%s: too long", file);
		return -ENAMETOOLONG;
	}
	if (size > 5 && !strcmp(file + size - 5, ".json"))
		size -= 5;
	if (snprintf(path, PATH_MAX, "%.*s.pem", (int)size, file) >= PATH_MAX) {
		complain("%s: too long", file);
		return -ENAMETOOLONG;
	}
	name = strrchr(path, '/');
	enroll->what.roots = name ? name + 1 : path;
	if (!enroll->given || is_in_place(enroll->given, path))
		return 0;
	return enroll_given_roots(enroll->given, &enroll->pem);
}

static const char *roots_now(const struct enroll *enroll)
{
	const struct enroll_file *roots = &enroll->files[ROOTS];

	return roots->part[0] ? roots->part : roots->path;
}

/* The files are there only if apply would take the device by them now */
static enum status write_policy(struct enroll *enroll)
{
	struct enroll_file *file = &enroll->files[POLICY];
	struct json_object *policy;
	enum status status;
	struct bytes text;
	char *line;
	int size;

	status = enroll_can_say(&enroll->what);
	if (status != STATUS_OK)
		return status;
	policy = enroll_policy(&enroll->what);
	size = asprintf(&line, "%s\n",
			json_object_to_json_string_ext(policy, JSON_C_TO_STRING_PRETTY |
						       JSON_C_TO_STRING_SPACED |
						       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(policy);
	if (size < 0) {
		complain("out of memory");
		return STATUS_ERROR;
	}
	text = (struct bytes) { .data = (uint8_t *)line, .size = size };
	status = enroll_check(&enroll->what, file->path, &text, roots_now(enroll));
	if (status == STATUS_OK &&
	    (enroll_write(file, &text) || enroll_put(enroll->files, NR_FILES, enroll->force)))
		status = STATUS_ERROR;
	bytes_free(&text);
	return status;
}

/*
 * Everything but what it measures must be good before that is what is expected. That the
 * nonce is the one it was collected for is part of that: the evidence has it.
 */
static enum status verify_now(struct enroll *enroll, struct verdict *v)
{
	char name[FUNCTION_CMA_NAME], why[600];
	struct expectation want = {
		.roots = roots_now(enroll),
		.name = name,
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

static enum status enroll_evidence(struct enroll *enroll)
{
	struct enroll_file *roots = &enroll->files[ROOTS];
	enum status status;
	struct verdict v;

	if (!enroll->given && enroll_own_root(roots->path, enroll->what.ev, &enroll->pem))
		return STATUS_ERROR;
	if (enroll->pem.size && enroll_write(roots, &enroll->pem))
		return STATUS_ERROR;
	status = verify_now(enroll, &v);
	if (status == STATUS_OK) {
		enroll->what.v = &v;
		status = write_policy(enroll);
		enroll->what.v = NULL;
	}
	verdict_free(&v);
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
	status = enroll_evidence(enroll);
	for (size_t i = 0; i < NR_FILES; i++)
		enroll_clean(&enroll->files[i]);
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
		rc = function_tsm(enroll->what.tsm, tsm);
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

/* A function is as it was before, and so are the files, when a signal ends this */
static enum status enroll_blocked(struct enroll *enroll, struct function *fn)
{
	sigset_t ends, before;
	enum status status;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, &before);
	status = enroll_function(enroll, fn);
	sigprocmask(SIG_SETMASK, &before, NULL);
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
	const char *value;
	enum status status;
	struct function fn;
	char **words;
	int id, rc;

	while ((id = cmd_getopt(&cmd_enroll_verb, argc, argv, &value)) != -1) {
		switch (id) {
		case OPTION_ROOTS:
			enroll.given = value;
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
			if (!address_is_tsm(value))
				return cmd_usage(&cmd_enroll_verb,
						 "%s: expected tsm and a number", value);
			enroll.what.tsm = value;
			break;
		case OPTION_FORCE:
			enroll.force = true;
			break;
		}
	}
	words = cmd_operands(&cmd_enroll_verb, argc, argv, 2, 2, NULL);
	if (name_files(&enroll, words[1]))
		return STATUS_USAGE;
	rc = function_open(words[0], &fn);
	status = cmd_open_status(rc);
	if (!rc) {
		if (!enroll.what.name)
			enroll.what.name = fn.address;
		status = enroll_blocked(&enroll, &fn);
		function_close(&fn);
	}
	bytes_free(&enroll.pem);
	return status;
}
