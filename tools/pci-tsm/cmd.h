/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The verbs of the command line, and what they share: options, help, JSON.
 */

#ifndef PCITSM_CMD_H
#define PCITSM_CMD_H

#include "function.h"

struct json_object;

/**
 * struct cmd_option - an option of a verb, always a long one
 * @id: what cmd_getopt() returns for it, above 0; those of one verb must differ
 * @name: without the dashes; NULL ends a table
 * @argument: name of its argument in the help, NULL: it has none
 * @help: one line
 */
struct cmd_option {
	int id;
	const char *name;
	const char *argument;
	const char *help;
};

/**
 * struct cmd - a verb
 * @name: "lock", as on the command line
 * @operands: "ADDRESS", for the help; NULL if there are none
 * @help: one line, an imperative without a full stop
 * @options: ends with one without a name; NULL if there are none
 * @shared: a second table, for options that several verbs have
 * @run: does it, and returns an enum status
 *
 * Each cmd-NAME.c has one, "const struct cmd cmd_NAME_verb", and pcitsm.c lists them.
 */
struct cmd {
	const char *name;
	const char *operands;
	const char *help;
	const struct cmd_option *options;
	const struct cmd_option *shared;
	int (*run)(int argc, char **argv);
};

/* Options for all verbs, before or behind the verb; --sysfs sets function_sysfs */
struct globals {
	bool json;
};

extern struct globals globals;

/**
 * cmd_getopt() - the next option of a verb
 * @cmd: the verb
 * @argc: as given to cmd->run(), argv[0] is the verb
 * @argv: is permuted: operands come last
 * @value: the option's argument, NULL if it has none
 *
 * Deals with the options for all verbs itself. Exits if something is wrong
 * (STATUS_USAGE), and after --help.
 * Return: the id of the option; -1: no more, the operands begin at argv[optind].
 */
int cmd_getopt(const struct cmd *cmd, int argc, char **argv, const char **value);

/**
 * cmd_operands() - after the last option: the operands, as many as there must be
 * @cmd: the verb
 * @argc: number of arguments
 * @argv: the arguments
 * @least: fewer than that is an error: exits with STATUS_USAGE
 * @most: and so is more than that
 * @nr: how many there are, may be NULL
 *
 * Return: the first of them.
 */
char **cmd_operands(const struct cmd *cmd, int argc, char **argv, int least, int most, int *nr);

/*
 * The status for a negative error number: STALE for -ESTALE, UNSUPPORTED for what is not
 * there, and so on. 0 is STATUS_OK.
 */
enum status cmd_status(int error);
/* The same for what function_open() returned: the operand itself may be wrong */
enum status cmd_open_status(int error);

/* "pcitsm VERB: ..." on stderr, and where help is. Return: STATUS_USAGE. */
int cmd_usage(const struct cmd *cmd, const char *format, ...) __printf(2, 3);

/* Text for JSON, which must be UTF-8: what is not printable ASCII becomes \\xNN */
struct json_object *json_text(const char *text);
/* What is known of a function, as in the man page; NULL without memory */
struct json_object *json_function(const struct function *fn);
/*
 * Print @object on stdout, on several lines or, for a stream of them, on one; frees it.
 * Return: enum status.
 */
enum status json_print(struct json_object *object);
enum status json_print_line(struct json_object *object);

int cmd_list(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_lock(int argc, char **argv);
int cmd_unlock(int argc, char **argv);
int cmd_evidence(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_accept(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_policy(int argc, char **argv);		/* "policy check FILE [ADDRESS]" */
int cmd_enroll(int argc, char **argv);
int cmd_apply(int argc, char **argv);

extern const struct cmd cmd_list_verb, cmd_show_verb, cmd_lock_verb, cmd_unlock_verb,
	cmd_evidence_verb, cmd_verify_verb, cmd_accept_verb, cmd_watch_verb, cmd_policy_verb,
	cmd_enroll_verb, cmd_apply_verb;

/*
 * What verify and accept have in common, in cmd-verify.c: the options that say what a
 * device has to be, as a table for struct cmd.shared, with ids from 0x100 on.
 */
#define VERIFY_OPTION_FIRST 0x100

struct verify_setup;
extern const struct cmd_option verify_options[];

struct verify_setup *verify_setup_new(void);	/* NULL: no memory */
void verify_setup_free(struct verify_setup *setup);

/**
 * verify_setup_option() - take note of one of verify_options
 * @setup: where
 * @id: what cmd_getopt() returned
 * @value: and its argument
 *
 * Complains.
 * Return: enum status.
 */
enum status verify_setup_option(struct verify_setup *setup, int id, const char *value);

/**
 * verify_setup_function() - verify a function, with a nonce of now
 * @setup: what to expect; nothing that would identify it is STATUS_USAGE
 * @fn: a function in locked or run
 * @digest: room for EVIDENCE_DIGEST_TEXT; filled in if the verdict is good
 * @json: with --json: the verdict, to be put by the caller; NULL: nobody wants it.
 *	Without --json the verdict is printed on stdout.
 *
 * Return: STATUS_OK: the verdict is good; STATUS_REFUSED: it is not; another one, after
 * complaining: none was reached.
 */
enum status verify_setup_function(struct verify_setup *setup, struct function *fn,
				  char *digest, struct json_object **json);

#endif /* PCITSM_CMD_H */
