// SPDX-License-Identifier: GPL-2.0
/*
 * pcitsm show: all that is known of a function, and what its evidence says.
 */

#include <errno.h>
#include <fcntl.h>
#include <json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "names.h"
#include "show-evidence.h"

static void print_what_it_is(const struct function *fn)
{
	char name[NAMES_ROOM], cma[FUNCTION_CMA_NAME];

	printf("%s\n", fn->address);
	names_class(fn, name);
	printf("  class       %s [%06x]\n", name, fn->class);
	names_device(fn, name);
	printf("  device      %s [%04x:%04x], revision %02x, subsystem %04x:%04x\n", name,
	       fn->vendor, fn->device, fn->revision, fn->subsystem_vendor,
	       fn->subsystem_device);
	function_cma_name(fn, cma);
	printf("  CMA name    %s\n", cma);
}

static void print_condition(const struct function *fn)
{
	printf("  state       %s, %s\n", fn->state,
	       fn->held ? "held: no driver is bound by itself" : "not held");
	printf("  driver      %s\n", fn->driver[0] ? fn->driver : "none");
	if (!fn->lockable)
		printf("  TSM         none here\n");
	else
		printf("  TSM         %s\n", fn->tsm[0] ? fn->tsm : "none has it in its care");
	if (!strcmp(fn->state, "run"))
		printf("  restore     %s, %lu time%s so far\n", fn->restore ? "on" : "off",
		       fn->restore_count, fn->restore_count == 1 ? "" : "s");
	if (fn->restore_status[0] && strcmp(fn->restore_status, "none"))
		printf("  last reset  %s\n", fn->restore_status);
	if (fn->digest[0])
		printf("  evidence    generation %lu\n  digest      %s\n", fn->generation,
		       fn->digest);
}

static void print_next(const struct function *fn)
{
	const char *verb = NULL;

	if (!strcmp(fn->state, "error"))
		verb = "unlock";
	else if (!strcmp(fn->state, "locked"))
		verb = "accept";
	else if (!strcmp(fn->state, "unlocked") && fn->lockable && fn->held)
		verb = "lock";
	if (verb)
		printf("  next        pcitsm %s %s\n", verb, fn->address);
}

static bool may_read_evidence(const struct function *fn)
{
	return !faccessat(fn->dirfd, "tsm/certificates", R_OK, AT_EACCESS);
}

/* Return: 0, with or without evidence, or a negative error number */
static int get_evidence(struct function *fn, struct evidence *ev, bool *have)
{
	int rc;

	*have = false;
	if (!fn->digest[0] || !may_read_evidence(fn))
		return 0;
	rc = function_collect(fn, NULL, ev);
	/* It went meanwhile */
	if (rc == -ENODATA)
		return 0;
	*have = !rc;
	return rc;
}

static enum status show_json(const struct function *fn, const struct evidence *ev)
{
	struct json_object *object = json_function(fn);
	struct json_object *decoded = ev ? json_evidence(ev) : NULL;

	if (object && (!ev || decoded) && !json_object_object_add(object, "evidence", decoded))
		return json_print(object);
	json_object_put(decoded);
	json_object_put(object);
	return json_print(NULL);
}

static void show_text(const struct function *fn, const struct evidence *ev)
{
	print_what_it_is(fn);
	print_condition(fn);
	print_next(fn);
	if (ev) {
		printf("\nWhat its evidence says, of which nothing is verified here:\n");
		show_evidence(ev);
	} else if (fn->digest[0]) {
		printf("\nOnly root may read its evidence.\n");
	}
}

int cmd_show(int argc, char **argv)
{
	enum status status = STATUS_OK;
	struct evidence ev;
	struct function fn;
	const char *value;
	char **operands;
	bool have;
	int rc;

	while (cmd_getopt(&cmd_show_verb, argc, argv, &value) >= 0)
		;
	operands = cmd_operands(&cmd_show_verb, argc, argv, 1, 1, NULL);

	rc = function_open(operands[0], &fn);
	if (rc)
		return cmd_open_status(rc);
	rc = get_evidence(&fn, &ev, &have);
	if (!rc && globals.json)
		status = show_json(&fn, have ? &ev : NULL);
	else if (!rc)
		show_text(&fn, have ? &ev : NULL);
	if (have)
		evidence_free(&ev);
	function_close(&fn);
	return rc ? cmd_status(rc) : status;
}

const struct cmd cmd_show_verb = {
	.name = "show",
	.operands = "ADDRESS",
	.help = "show all about a function, and what its evidence says",
	.run = cmd_show,
};
