// SPDX-License-Identifier: GPL-2.0
/*
 * pcitsm evidence: collect the evidence of a function and write it into files.
 */

#include <errno.h>
#include <json.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "nonce.h"

enum { NONCE = 1, NO_COLLECT, FORCE };

static const struct cmd_option options[] = {
	{ NONCE, "nonce", "HEX|FILE", "have it signed for these 32 bytes; random ones otherwise" },
	{ NO_COLLECT, "no-collect", NULL, "write what was collected last" },
	{ FORCE, "force", NULL, "replace files that are there already" },
	{ 0, NULL, NULL, NULL }
};

struct request {
	const char *nonce;
	bool no_collect;
	bool force;
};

static void parse(int argc, char **argv, struct request *request)
{
	const char *value;
	int id;

	while ((id = cmd_getopt(&cmd_evidence_verb, argc, argv, &value)) >= 0) {
		switch (id) {
		case NONCE:
			request->nonce = value;
			break;
		case NO_COLLECT:
			request->no_collect = true;
			break;
		case FORCE:
			request->force = true;
			break;
		}
	}
}

static enum status print(const struct function *fn, const char *dir)
{
	struct json_object *object, *text;

	if (!globals.json) {
		printf("%s: evidence, generation %lu, is in ", fn->address, fn->generation);
		print_text(dir, strlen(dir));
		printf("\n%s\n", fn->digest);
		return STATUS_OK;
	}
	object = json_function(fn);
	text = json_text(dir);
	if (object && text && !json_object_object_add(object, "directory", text))
		return json_print(object);
	json_object_put(text);
	json_object_put(object);
	return json_print(NULL);
}

static int collect(struct function *fn, const struct request *request, const uint8_t *nonce,
		   const char *dir)
{
	struct evidence ev;
	int rc;

	rc = function_collect(fn, request->no_collect ? NULL : nonce, &ev);
	if (rc)
		return rc;
	rc = evidence_save(dir, &ev, request->force);
	evidence_free(&ev);
	return rc;
}

int cmd_evidence(int argc, char **argv)
{
	uint8_t nonce[EVIDENCE_NONCE_SIZE];
	struct request request = { 0 };
	enum status status;
	struct function fn;
	char **operands;
	int rc;

	parse(argc, argv, &request);
	operands = cmd_operands(&cmd_evidence_verb, argc, argv, 2, 2, NULL);
	if (request.nonce && request.no_collect)
		return cmd_usage(&cmd_evidence_verb, "--nonce or --no-collect?");
	rc = nonce_get(request.nonce, nonce);
	if (rc)
		return rc == -EINVAL ? STATUS_USAGE : STATUS_ERROR;

	rc = function_open(operands[0], &fn);
	if (rc)
		return cmd_open_status(rc);
	rc = collect(&fn, &request, nonce, operands[1]);
	status = rc ? cmd_status(rc) : print(&fn, operands[1]);
	function_close(&fn);
	return status;
}

const struct cmd cmd_evidence_verb = {
	.name = "evidence",
	.operands = "ADDRESS DIR",
	.help = "have evidence collected and write it into files",
	.options = options,
	.run = cmd_evidence,
};
