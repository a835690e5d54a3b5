/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Options: what is in front of the verb, and the help made from the tables.
 */

#ifndef PCITSM_OPTIONS_H
#define PCITSM_OPTIONS_H

#include "cmd.h"

/* For all verbs */
extern const struct cmd_option options_global[];

enum options_before_verb {
	OPTIONS_VERB,		/* go on with the verb, at optind */
	OPTIONS_HELP,
	OPTIONS_VERSION,
};

/**
 * options_before_verb() - take note of the options in front of the verb
 * @argc: of main()
 * @argv: of main()
 *
 * Exits with STATUS_USAGE if something is wrong.
 * Return: what was asked for.
 */
enum options_before_verb options_before_verb(int argc, char **argv);

/* Print a table for the help, one line for each option */
void options_print(const struct cmd_option *options);

/* Print a word of the command line on stderr */
void options_print_safely(const char *word);

#endif /* PCITSM_OPTIONS_H */
