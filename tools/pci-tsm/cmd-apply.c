// SPDX-License-Identifier: GPL-2.0
/*
 * pcitsm apply: bring functions to run that policy allows there, without a person.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <json.h>

#include "apply.h"
#include "cmd.h"

enum {
	OPTION_ALL = 1,
	OPTION_POLICY,
	OPTION_SYSLOG,
};

static const struct cmd_option options[] = {
	{ OPTION_ALL, "all", NULL, "all functions; those without a rule are no failure" },
	{ OPTION_POLICY, "policy", "PATH", "file or directory, " POLICY_DEFAULT " by default" },
	{ OPTION_SYSLOG, "syslog", NULL, "log to syslog as well" },
	{}
};

const struct cmd cmd_apply_verb = {
	.name = "apply",
	.operands = "ADDRESS...",
	.help = "lock, verify and accept what policy allows",
	.options = options,
	.run = cmd_apply,
};

/* In a row of outcomes the worst one counts */
enum worst {
	WORST_NOTHING,
	WORST_REFUSED,
	WORST_STALE,
	WORST_UNSUPPORTED,
	WORST_ERROR,
};

struct run {
	struct policy *policy;
	struct json_object *list;
	bool all;
	bool to_syslog;
	enum worst worst;
};

static const char *const words[] = {
	[APPLY_ACCEPTED] = "accepted",
	[APPLY_ALREADY] = "already",
	[APPLY_NO_RULE] = "no-rule",
	[APPLY_REFUSED] = "refused",
	[APPLY_STALE] = "stale",
	[APPLY_FAILED] = "failed",
};

static enum worst badness(const struct run *run, const struct applied *done)
{
	switch (done->outcome) {
	case APPLY_ACCEPTED:
	case APPLY_ALREADY:
		return WORST_NOTHING;
	case APPLY_NO_RULE:
		return run->all ? WORST_NOTHING : WORST_REFUSED;
	case APPLY_REFUSED:
		return WORST_REFUSED;
	case APPLY_STALE:
		return WORST_STALE;
	default:
		return done->unsupported ? WORST_UNSUPPORTED : WORST_ERROR;
	}
}

static void make_worse(struct run *run, enum worst badness)
{
	if (badness > run->worst)
		run->worst = badness;
}

/* One line for each function, as a whole */
static void log_line(const struct run *run, const struct function *fn,
		     const struct applied *done)
{
	bool good = done->outcome == APPLY_ACCEPTED || done->outcome == APPLY_ALREADY;
	char line[1400];
	int used;

	used = snprintf(line, sizeof(line), "%s: %s: ", fn->address, good ? "run" : "held");
	if (!strcmp(fn->state, "error") || (!good && !strcmp(fn->state, "run")))
		used = snprintf(line, sizeof(line), "%s: in %s: ", fn->address, fn->state);
	if (done->outcome == APPLY_ACCEPTED)
		snprintf(line + used, sizeof(line) - used, "accepted by rule \"%s\" of %s, %s",
			 done->rule->name, done->rule->file, done->digest);
	else if (done->rule && !good)
		snprintf(line + used, sizeof(line) - used, "rule \"%s\" of %s: %s",
			 done->rule->name, done->rule->file, done->reason);
	else
		snprintf(line + used, sizeof(line) - used, "%s", done->reason);
	complain("%s", line);
	if (run->to_syslog)
		syslog(good ? LOG_NOTICE : LOG_WARNING, "%s", line);
}

static int log_json(struct run *run, const struct function *fn, const struct applied *done)
{
	struct json_object *entry = json_object_new_object();

	if (!entry || json_object_array_add(run->list, entry))
		return -ENOMEM;
	json_object_object_add(entry, "address", json_text(fn->address));
	json_object_object_add(entry, "outcome", json_text(words[done->outcome]));
	json_object_object_add(entry, "state", json_text(fn->state));
	json_object_object_add(entry, "reason", json_text(done->reason));
	if (done->rule) {
		json_object_object_add(entry, "rule", json_text(done->rule->name));
		json_object_object_add(entry, "file", json_text(done->rule->file));
	}
	if (done->digest[0])
		json_object_object_add(entry, "digest", json_text(done->digest));
	return 0;
}

/* A function is either in run or as it was before when a signal ends this */
static void apply_one(struct run *run, struct function *fn)
{
	sigset_t ends, before;
	struct applied done;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, &before);
	apply(run->policy, fn, &done);
	/* For the log, and what is left of it must not hide what came of it */
	if (function_refresh(fn))
		strcpy(fn->state, "error");
	log_line(run, fn, &done);
	if (run->list && log_json(run, fn, &done))
		make_worse(run, WORST_ERROR);
	make_worse(run, badness(run, &done));
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static enum status apply_all(struct run *run)
{
	struct function *list;
	int nr;

	nr = function_list(&list);
	if (nr < 0)
		return cmd_status(nr);
	for (int i = 0; i < nr; i++)
		apply_one(run, &list[i]);
	function_list_free(list, nr);
	return STATUS_OK;
}

/* Those that are there are seen to although another one is not */
static enum status apply_named(struct run *run, char **addresses, int nr)
{
	enum status status = STATUS_OK;

	for (int i = 0; i < nr; i++) {
		struct function fn;
		int rc = function_open(addresses[i], &fn);

		if (rc) {
			status = cmd_open_status(rc);
			continue;
		}
		apply_one(run, &fn);
		function_close(&fn);
	}
	return status;
}

static enum status status_of(enum worst worst)
{
	switch (worst) {
	case WORST_NOTHING:
		return STATUS_OK;
	case WORST_REFUSED:
		return STATUS_REFUSED;
	case WORST_STALE:
		return STATUS_STALE;
	case WORST_UNSUPPORTED:
		return STATUS_UNSUPPORTED;
	default:
		return STATUS_ERROR;
	}
}

static enum status carry_out(struct run *run, char **addresses, int nr)
{
	enum status status;

	if (globals.json) {
		run->list = json_object_new_array();
		if (!run->list)
			return json_print(NULL);
	}
	status = run->all ? apply_all(run) : apply_named(run, addresses, nr);
	if (status == STATUS_OK)
		status = status_of(run->worst);
	if (run->list && json_print(run->list) != STATUS_OK)
		status = STATUS_ERROR;
	return status;
}

int cmd_apply(int argc, char **argv)
{
	const char *path = POLICY_DEFAULT, *value;
	struct run run = {};
	enum status status;
	char **addresses;
	int id, nr;

	while ((id = cmd_getopt(&cmd_apply_verb, argc, argv, &value)) != -1) {
		switch (id) {
		case OPTION_ALL:
			run.all = true;
			break;
		case OPTION_POLICY:
			path = value;
			break;
		case OPTION_SYSLOG:
			run.to_syslog = true;
			break;
		}
	}
	addresses = cmd_operands(&cmd_apply_verb, argc, argv, 0, argc, &nr);
	if (run.all == !!nr)
		return cmd_usage(&cmd_apply_verb, "expected addresses of functions, or --all");
	if (policy_load(path, &run.policy))
		return STATUS_USAGE;
	if (run.to_syslog)
		openlog("pcitsm", LOG_PID, LOG_DAEMON);
	status = carry_out(&run, addresses, nr);
	policy_free(run.policy);
	return status;
}
