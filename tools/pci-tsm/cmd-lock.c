// SPDX-License-Identifier: GPL-2.0
/*
 * pcitsm lock and unlock: freeze the configuration of a function, and end that.
 */

#include <stdio.h>
#include <string.h>

#include "address.h"
#include "cmd.h"

enum { TSM = 1 };

static const struct cmd_option lock_options[] = {
	{ TSM, "tsm", "tsmN", "lock with this TSM; needed if there are several" },
	{ 0, NULL, NULL, NULL }
};

/* What came of it, which is not what was asked for if somebody else was faster */
static enum status report(struct function *fn, const char *before)
{
	int rc;

	rc = function_refresh(fn);
	if (rc) {
		complain("%s: it is gone", fn->address);
		return cmd_status(rc);
	}
	if (globals.json)
		return json_print(json_function(fn));
	printf("%s: %s -> %s\n", fn->address, before, fn->state);
	return STATUS_OK;
}

int cmd_lock(int argc, char **argv)
{
	const char *value, *wanted = NULL;
	char **operands, tsm[16];
	struct function fn;
	enum status status;
	char before[16];
	int rc;

	while (cmd_getopt(&cmd_lock_verb, argc, argv, &value) >= 0) {
		if (!address_is_tsm(value))
			return cmd_usage(&cmd_lock_verb, "%s: expected tsm and a number", value);
		wanted = value;
	}
	operands = cmd_operands(&cmd_lock_verb, argc, argv, 1, 1, NULL);

	rc = function_open(operands[0], &fn);
	if (rc)
		return cmd_open_status(rc);
	memcpy(before, fn.state, sizeof(before));
	rc = function_tsm(wanted, tsm);
	if (!rc)
		rc = function_lock(&fn, tsm);
	status = rc ? cmd_status(rc) : report(&fn, before);
	function_close(&fn);
	return status;
}

int cmd_unlock(int argc, char **argv)
{
	struct function fn;
	enum status status;
	const char *value;
	char **operands;
	char before[16];
	int rc;

	while (cmd_getopt(&cmd_unlock_verb, argc, argv, &value) >= 0)
		;
	operands = cmd_operands(&cmd_unlock_verb, argc, argv, 1, 1, NULL);

	rc = function_open(operands[0], &fn);
	if (rc)
		return cmd_open_status(rc);
	memcpy(before, fn.state, sizeof(before));
	rc = function_unlock(&fn);
	status = rc ? cmd_status(rc) : report(&fn, before);
	function_close(&fn);
	return status;
}

const struct cmd cmd_lock_verb = {
	.name = "lock",
	.operands = "ADDRESS",
	.help = "freeze the configuration of a function and collect evidence",
	.options = lock_options,
	.run = cmd_lock,
};

const struct cmd cmd_unlock_verb = {
	.name = "unlock",
	.operands = "ADDRESS",
	.help = "put a function out of locked, run or error",
	.run = cmd_unlock,
};
