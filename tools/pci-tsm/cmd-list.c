// SPDX-License-Identifier: GPL-2.0
/*
 * pcitsm list: all functions that can do TDISP.
 */

#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "list.h"
#include "names.h"

static enum status print_json(const struct function *list, int nr)
{
	struct json_object *array = json_object_new_array();

	for (int i = 0; array && i < nr; i++) {
		struct json_object *object = json_function(&list[i]);

		if (!object || json_object_array_add(array, object)) {
			json_object_put(object);
			json_object_put(array);
			array = NULL;
		}
	}
	return json_print(array);
}

/* What is shown when it is only the beginning of a stream, too */
void list_print(const struct function *list, int nr)
{
	char name[NAMES_ROOM], kind[NAMES_ROOM], restore[32];
	int driver = strlen("DRIVER");

	for (int i = 0; i < nr; i++)
		if ((int)strlen(list[i].driver) > driver)
			driver = strlen(list[i].driver);

	printf("%-12s  %-8s  %-4s  %-5s  %-7s  %-*s  %s\n", "ADDRESS", "STATE", "HELD", "TSM",
	       "RESTORE", driver, "DRIVER", "DEVICE");
	for (int i = 0; i < nr; i++) {
		const struct function *fn = &list[i];

		names_class(fn, kind);
		names_device(fn, name);
		snprintf(restore, sizeof(restore), "%s", fn->restore ? "on" : "off");
		if (fn->restore_count)
			snprintf(restore, sizeof(restore), "%s, %lu", fn->restore ? "on" : "off",
				 fn->restore_count);
		printf("%-12s  %-8s  %-4s  %-5s  %-7s  %-*s  %s: %s\n", fn->address, fn->state,
		       fn->held ? "yes" : "no", fn->tsm[0] ? fn->tsm : "-",
		       strcmp(fn->state, "run") ? "-" : restore, driver,
		       fn->driver[0] ? fn->driver : "-", kind, name);
	}
}

int cmd_list(int argc, char **argv)
{
	enum status status = STATUS_OK;
	struct function *list;
	const char *value;
	int nr;

	while (cmd_getopt(&cmd_list_verb, argc, argv, &value) >= 0)
		;
	cmd_operands(&cmd_list_verb, argc, argv, 0, 0, NULL);

	nr = function_list(&list);
	if (nr < 0)
		return cmd_status(nr);
	if (globals.json)
		status = print_json(list, nr);
	else if (nr)
		list_print(list, nr);
	if (!nr) {
		complain("no function has a tsm/state" NO_TDISP);
		status = STATUS_UNSUPPORTED;
	}
	function_list_free(list, nr);
	return status;
}

const struct cmd cmd_list_verb = {
	.name = "list",
	.help = "list all functions that can do TDISP",
	.run = cmd_list,
};
