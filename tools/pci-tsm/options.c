// SPDX-License-Identifier: GPL-2.0
/*
 * Options of the command line, from the tables in struct cmd, and the help for them.
 */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define MOST_OPTIONS 48

/* Ids of our own, below those of any verb */
enum {
	ID_JSON = -2,
	ID_SYSFS = -3,
	ID_HELP = -4,
	ID_VERSION = -5,
};

const struct cmd_option options_global[] = {
	{ ID_JSON, "json", NULL, "print JSON" },
	{ ID_SYSFS, "sysfs", "DIR", "where sysfs is, /sys by default" },
	{ ID_HELP, "help", NULL, "print this and exit" },
	{ ID_VERSION, "version", NULL, "print the version and exit" },
	{ 0, NULL, NULL, NULL }
};

struct globals globals;

/*
 * getopt_long() returns '?' for what is wrong: as val it would be ambiguous, so that val
 * is an index plus this.
 */
#define FIRST_VALUE 0x1000

/* The options of all tables in one, for getopt_long() */
struct merged {
	struct option options[MOST_OPTIONS + 1];
	int ids[MOST_OPTIONS];
	int nr;
};

static void add_table(struct merged *all, const struct cmd_option *table)
{
	for (; table && table->name && all->nr < MOST_OPTIONS; table++) {
		all->options[all->nr] = (struct option) {
			.name = table->name,
			.has_arg = table->argument ? required_argument : no_argument,
			.val = FIRST_VALUE + all->nr,
		};
		all->ids[all->nr++] = table->id;
	}
}

void options_print(const struct cmd_option *options)
{
	char synopsis[48];

	for (; options && options->name; options++) {
		snprintf(synopsis, sizeof(synopsis), "--%s%s%s", options->name,
			 options->argument ? " " : "", options->argument ? options->argument : "");
		printf("  %-28s %s\n", synopsis, options->help);
	}
}

void options_print_safely(const char *word)
{
	for (; *word; word++)
		fputc(*word >= ' ' && *word <= '~' ? *word : '?', stderr);
}

static void print_verb_help(const struct cmd *cmd)
{
	bool any = (cmd->options && cmd->options->name) || (cmd->shared && cmd->shared->name);

	printf("Usage: pcitsm %s%s%s%s\n%c%s.\n", cmd->name, any ? " [OPTION...]" : "",
	       cmd->operands ? " " : "", cmd->operands ? cmd->operands : "",
	       cmd->help[0] & ~0x20, cmd->help + 1);
	if (any)
		printf("\nOptions\n");
	options_print(cmd->options);
	options_print(cmd->shared);
	printf("\nOptions for all verbs\n");
	options_print(options_global);
}

/* Return: the id; -1 at the end; 0 for one that is wrong */
static int next_option(struct merged *all, int argc, char **argv, const char *permute)
{
	int value;

	opterr = 0;
	value = getopt_long(argc, argv, permute, all->options, NULL);
	if (value == -1)
		return -1;
	if (value < FIRST_VALUE || value >= FIRST_VALUE + all->nr)
		return 0;
	return all->ids[value - FIRST_VALUE];
}

/* Whatever getopt_long() did not like is what it looked at last */
static const char *culprit(int argc, char **argv)
{
	return optind > 0 && optind <= argc ? argv[optind - 1] : "";
}

static bool take_global(int id)
{
	switch (id) {
	case ID_JSON:
		globals.json = true;
		return true;
	case ID_SYSFS:
		function_sysfs = optarg;
		return true;
	default:
		return false;
	}
}

enum options_before_verb options_before_verb(int argc, char **argv)
{
	struct merged all = { 0 };
	int id;

	add_table(&all, options_global);
	for (;;) {
		id = next_option(&all, argc, argv, "+:");
		if (id == -1)
			return OPTIONS_VERB;
		if (id == ID_HELP)
			return OPTIONS_HELP;
		if (id == ID_VERSION)
			return OPTIONS_VERSION;
		if (!take_global(id))
			exit(cmd_usage(NULL, "%s: no such option, or its argument is missing",
				       culprit(argc, argv)));
	}
}

int cmd_getopt(const struct cmd *cmd, int argc, char **argv, const char **value)
{
	static bool begun;
	struct merged all = { 0 };
	int id;

	/* argv is another one than that of options_before_verb() */
	if (!begun)
		optind = 0;
	begun = true;

	add_table(&all, cmd->options);
	add_table(&all, cmd->shared);
	add_table(&all, options_global);
	do {
		id = next_option(&all, argc, argv, ":");
		if (id == ID_HELP) {
			print_verb_help(cmd);
			exit(fflush(stdout) ? STATUS_ERROR : STATUS_OK);
		}
		if (id == ID_VERSION) {
			printf("pcitsm " PCITSM_VERSION "\n");
			exit(fflush(stdout) ? STATUS_ERROR : STATUS_OK);
		}
		if (!id)
			exit(cmd_usage(cmd, "%s: no such option, or its argument is missing",
				       culprit(argc, argv)));
	} while (take_global(id));
	*value = optarg;
	return id;
}

char **cmd_operands(const struct cmd *cmd, int argc, char **argv, int least, int most, int *nr)
{
	int given = argc - optind;

	if (given < least)
		exit(cmd_usage(cmd, "%s is missing", cmd->operands));
	if (given > most)
		exit(cmd_usage(cmd, "%s: one argument too many", argv[optind + most]));
	if (nr)
		*nr = given;
	return argv + optind;
}

int cmd_usage(const struct cmd *cmd, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(stderr, "pcitsm%s%s: ", cmd ? " " : "", cmd ? cmd->name : "");
	options_print_safely(text);
	fprintf(stderr, "; see pcitsm%s%s --help\n", cmd ? " " : "", cmd ? cmd->name : "");
	return STATUS_USAGE;
}

enum status cmd_status(int error)
{
	switch (error) {
	case 0:
		return STATUS_OK;
	case -ESTALE:
		return STATUS_STALE;
	case -ENODEV:
	case -EOPNOTSUPP:
	case -ENXIO:
		return STATUS_UNSUPPORTED;
	case -EKEYREJECTED:
		return STATUS_REFUSED;
	default:
		return STATUS_ERROR;
	}
}

enum status cmd_open_status(int error)
{
	return error == -EINVAL ? STATUS_USAGE : cmd_status(error);
}
