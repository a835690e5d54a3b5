// SPDX-License-Identifier: GPL-2.0
/*
 * pcitsm: shows TDISP functions of a confidential virtual machine, verifies what they
 * are and accepts them.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cmd.h"
#include "options.h"

static const struct cmd *const verbs[] = {
	&cmd_list_verb,
	&cmd_show_verb,
	&cmd_lock_verb,
	&cmd_unlock_verb,
	&cmd_evidence_verb,
	&cmd_verify_verb,
	&cmd_accept_verb,
	&cmd_watch_verb,
	&cmd_policy_verb,
	&cmd_enroll_verb,
	&cmd_apply_verb,
};

static void print_verb(const struct cmd *cmd)
{
	char synopsis[40];

	snprintf(synopsis, sizeof(synopsis), "%s%s%s", cmd->name, cmd->operands ? " " : "",
		 cmd->operands ? cmd->operands : "");
	printf("  %-28s %s\n", synopsis, cmd->help);
}

static void print_help(void)
{
	printf("Usage: pcitsm [OPTION...] [VERB [OPTION...] [ARGUMENT...]]\n"
	       "Show, verify and accept TDISP functions of a confidential virtual machine.\n"
	       "\nVerbs, without one: list\n");
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		print_verb(verbs[i]);
	printf("\nOptions for all verbs\n");
	options_print(options_global);
	printf("\nOptions of a verb: pcitsm VERB --help. More: man pcitsm\n");
}

static const struct cmd *find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i]->name, name))
			return verbs[i];
	return NULL;
}

/* Each function takes open files, and there may be more than a thousand of them */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	/* If not, what needs them complains */
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* What was printed must have arrived: a full disk, a closed pipe */
static int finish(int status)
{
	if (fflush(stdout) || ferror(stdout)) {
		complain("the output could not be written: %m");
		return status == STATUS_OK ? STATUS_ERROR : status;
	}
	return status;
}

int main(int argc, char **argv)
{
	char list[] = "list", *just_list[] = { list, NULL };
	const struct cmd *cmd;

	signal(SIGPIPE, SIG_IGN);
	raise_file_limit();
	switch (options_before_verb(argc, argv)) {
	case OPTIONS_HELP:
		print_help();
		return finish(STATUS_OK);
	case OPTIONS_VERSION:
		printf("pcitsm " PCITSM_VERSION "\n");
		return finish(STATUS_OK);
	default:
		break;
	}
	argc -= optind;
	argv += optind;
	if (!argc) {
		argc = 1;
		argv = just_list;
	}
	cmd = find_verb(argv[0]);
	if (!cmd) {
		fputs("pcitsm: there is no verb \"", stderr);
		options_print_safely(argv[0]);
		fputs("\", see pcitsm --help\n", stderr);
		return STATUS_USAGE;
	}
	return finish(cmd->run(argc, argv));
}
