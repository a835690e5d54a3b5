// SPDX-License-Identifier: GPL-2.0
/*
 * pcitsm watch: transitions and restores as they happen.
 */

#include <errno.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "list.h"
#include "watch.h"

#define MOST_SECONDS 1000000
#define MOST_OPERANDS 1024

enum { ONCE = 1, TIMEOUT };

static const struct cmd_option options[] = {
	{ ONCE, "once", NULL, "exit after the first thing that happens" },
	{ TIMEOUT, "timeout", "SECONDS", "exit after that time" },
	{ 0, NULL, NULL, NULL }
};

/* As in JSON, and in pcitsm(1) */
static const char *const names[NR_HAPPENED] = {
	[HAPPENED_STATE] = "state",
	[HAPPENED_RESTORED] = "restored",
	[HAPPENED_EVIDENCE] = "evidence",
	[HAPPENED_BOUND] = "bound",
	[HAPPENED_UNBOUND] = "unbound",
	[HAPPENED_ADDED] = "added",
	[HAPPENED_REMOVED] = "removed",
	[HAPPENED_TSM] = "tsm",
};

static enum status output = STATUS_OK;

static void print_text_line(const struct happening *h)
{
	const struct function *fn = h->fn;
	time_t now = time(NULL);
	char text[16];
	struct tm tm;

	strftime(text, sizeof(text), "%H:%M:%S", localtime_r(&now, &tm));
	printf("%s  %-12s  ", text, fn->address);
	switch (h->what) {
	case HAPPENED_STATE:
		printf("%s -> %s", h->previous, fn->state);
		if (h->reason[0])
			printf(" (%s)", h->reason);
		break;
	case HAPPENED_RESTORED:
		printf("restored (%lu)", fn->restore_count);
		break;
	case HAPPENED_EVIDENCE:
		printf("evidence collected or gone, generation %lu", fn->generation);
		break;
	case HAPPENED_BOUND:
		printf("driver %s bound", fn->driver);
		break;
	case HAPPENED_UNBOUND:
		printf("driver unbound");
		break;
	case HAPPENED_ADDED:
		printf("added, %s", fn->state);
		break;
	case HAPPENED_TSM:
		printf("a TSM is there, it can be locked");
		break;
	default:
		printf("%s", names[h->what]);
	}
	printf("\n");
	if (fflush(stdout))
		output = STATUS_ERROR;
}

/* UTC, with milliseconds */
static void format_time(char *text, size_t room)
{
	struct timespec now;
	struct tm tm;
	size_t size;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	size = strftime(text, room, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + size, room - size, ".%03ldZ", now.tv_nsec / 1000000);
}

static bool add(struct json_object *object, const char *key, struct json_object *value)
{
	if (value && !json_object_object_add(object, key, value))
		return true;
	json_object_put(value);
	return false;
}

/* Make a line of what is in @object, which is taken */
static void print_json_event(struct json_object *object, const char *event)
{
	char text[48];

	format_time(text, sizeof(text));
	if (object && add(object, "event", json_text(event)) &&
	    add(object, "time", json_text(text))) {
		if (json_print_line(object))
			output = STATUS_ERROR;
		return;
	}
	json_object_put(object);
	output = json_print_line(NULL);
}

static bool add_details(struct json_object *object, const struct happening *h)
{
	const struct function *fn = h->fn;

	if (!add(object, "address", json_text(fn->address)))
		return false;
	switch (h->what) {
	case HAPPENED_STATE:
		return add(object, "state", json_text(fn->state)) &&
		       add(object, "previous_state", json_text(h->previous)) &&
		       add(object, "reason", json_text(h->reason)) &&
		       add(object, "evidence_generation",
			   json_object_new_uint64(fn->generation));
	case HAPPENED_RESTORED:
		return add(object, "restore_count", json_object_new_uint64(fn->restore_count)) &&
		       add(object, "restore_status", json_text(fn->restore_status));
	case HAPPENED_EVIDENCE:
		return add(object, "evidence_generation",
			   json_object_new_uint64(fn->generation)) &&
		       add(object, "evidence_digest", json_text(fn->digest));
	case HAPPENED_BOUND:
		return add(object, "driver", json_text(fn->driver));
	case HAPPENED_ADDED:
		return add(object, "state", json_text(fn->state));
	default:
		return true;
	}
}

static void print_json_line(const struct happening *h)
{
	struct json_object *object = json_object_new_object();

	if (object && !add_details(object, h)) {
		json_object_put(object);
		object = NULL;
	}
	print_json_event(object, names[h->what]);
}

static void print_beginning(const struct watch *w)
{
	const struct function *list;
	int nr;

	list = watch_functions(w, &nr);
	if (!globals.json) {
		list_print(list, nr);
		printf("\n");
	}
	for (int i = 0; globals.json && i < nr; i++)
		print_json_event(json_function(&list[i]), "present");
	if (fflush(stdout))
		output = STATUS_ERROR;
}

/* Return: milliseconds, negative: not a time */
static int parse_seconds(const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	/* Not a number is not >= 0 either */
	if (end == text || *end || !(seconds >= 0 && seconds <= MOST_SECONDS))
		return -1;
	return seconds * 1000;
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static int happened;

static void tell(const struct happening *h)
{
	happened++;
	if (globals.json)
		print_json_line(h);
	else
		print_text_line(h);
}

static enum status run(struct watch *w, bool once, int timeout)
{
	long long end = now_ms() + timeout, left = -1;
	int rc = 0;

	print_beginning(w);
	while (!rc && output == STATUS_OK && !(once && happened)) {
		if (timeout >= 0) {
			left = end - now_ms();
			if (left <= 0)
				break;
		}
		rc = watch_wait(w, left);
	}
	/* Who looked has seen enough */
	if (rc == -EPIPE)
		return STATUS_OK;
	if (rc)
		return cmd_status(rc);
	if (once && !happened && output == STATUS_OK) {
		complain("nothing happened in time");
		return STATUS_ERROR;
	}
	return output;
}

int cmd_watch(int argc, char **argv)
{
	int id, nr, rc, timeout = -1;
	enum status status;
	struct watch *w;
	const char *value;
	char **operands;
	bool once = false;

	while ((id = cmd_getopt(&cmd_watch_verb, argc, argv, &value)) >= 0) {
		if (id == ONCE) {
			once = true;
			continue;
		}
		timeout = parse_seconds(value);
		if (timeout < 0)
			return cmd_usage(&cmd_watch_verb, "expected --timeout SECONDS");
	}
	operands = cmd_operands(&cmd_watch_verb, argc, argv, 0, MOST_OPERANDS, &nr);

	rc = watch_new(operands, nr, tell, &w);
	if (rc)
		return nr ? cmd_open_status(rc) : cmd_status(rc);
	status = run(w, once, timeout);
	watch_free(w);
	return status;
}

const struct cmd cmd_watch_verb = {
	.name = "watch",
	.operands = "[ADDRESS...]",
	.help = "show transitions and restores as they happen",
	.options = options,
	.run = cmd_watch,
};
