// SPDX-License-Identifier: GPL-2.0
/*
 * pcitsm verify: judge evidence, of files or of a function. Evidence in files may be of
 * any SPDM device, and takes no privileges and no TSM to be judged.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "nonce.h"
#include "verify-setup.h"

enum { NONCE = 1, AT };

static const struct cmd_option own_options[] = {
	{ NONCE, "nonce", "HEX|FILE", "that must have been signed; for a function: random" },
	{ AT, "at", "DATE", "that certificates must be valid at, 2026-11-30; default: now" },
	{ 0, NULL, NULL, NULL }
};

/* Not for accept, where another time than now makes no sense */
static enum status set_time(struct verify_setup *setup, const char *value)
{
	struct tm tm = {};
	const char *end = strptime(value, "%Y-%m-%d", &tm);

	if (end && *end == 'T')
		end = strptime(end, "T%H:%M:%S", &tm);
	setup->want.now = end && !*end ? timegm(&tm) : 0;
	if (setup->want.now > 0)
		return STATUS_OK;
	complain("--at: expected a date like 2026-11-30 or 2026-11-30T17:00:00 (UTC), found \"%s\"",
		 value);
	return STATUS_USAGE;
}

/*
 * A directory with evidence, or else an address. A function in sysfs is a directory too,
 * but what it has is in tsm/, and evidence may be in a directory named like a function.
 */
static bool is_directory(const char *where)
{
	char path[4096];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s/measurements", where) < (int)sizeof(path) &&
	    !stat(path, &st))
		return true;
	return !strchr(where, ':');
}

/* "KEY=" and as many hexadecimal digits; moves on */
static bool take_field(const char **at, const char *key, size_t digits, uint32_t *value)
{
	size_t size = strlen(key);

	if (strncmp(*at, key, size) || strspn(*at + size, "0123456789abcdefABCDEF") != digits)
		return false;
	*value = strtoul(*at + size, NULL, 16);
	*at += size + digits;
	return true;
}

/* The function that a name is of, as far as a policy can tell it apart */
static enum status function_of_name(const char *name, struct function *fn)
{
	uint32_t vendor, device, class, revision, subsystem_vendor, subsystem_device;

	if (!take_field(&name, "Vendor=", 4, &vendor) ||
	    !take_field(&name, ":Device=", 4, &device) ||
	    !take_field(&name, ":CC=", 6, &class) || !take_field(&name, ":REV=", 2, &revision) ||
	    !take_field(&name, ":SSVID=", 4, &subsystem_vendor) ||
	    !take_field(&name, ":SSID=", 4, &subsystem_device) || (*name && *name != ':')) {
		complain("--name: to find a rule, expected Vendor=1b36:Device=0010:CC=010802:...");
		return STATUS_USAGE;
	}
	*fn = (struct function) {
		.dirfd = -1, .vendor = vendor, .device = device, .class = class,
		.revision = revision, .subsystem_vendor = subsystem_vendor,
		.subsystem_device = subsystem_device, .address = "the function",
	};
	return STATUS_OK;
}

static enum status verify_directory(struct verify_setup *setup, const char *dir,
				    struct json_object **json)
{
	uint8_t nonce[EVIDENCE_NONCE_SIZE];
	struct function fn = {};
	struct evidence ev;
	enum status status;
	int dirfd, rc;

	if (!setup->name && !setup->any_name)
		return cmd_usage(&cmd_verify_verb, "whose is it? --name NAME, or --any-name");
	if (setup->policy_path) {
		if (!setup->name)
			return cmd_usage(&cmd_verify_verb, "--policy needs --name to find a rule");
		status = function_of_name(setup->name, &fn);
		if (status)
			return status;
	}
	rc = setup->nonce ? nonce_get(setup->nonce, nonce) : 0;
	if (rc)
		return rc == -EINVAL ? STATUS_USAGE : cmd_status(rc);

	dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0) {
		rc = -errno;
		complain("%s: expected a directory with evidence, or an address: %s", dir,
			 strerror(-rc));
		return STATUS_ERROR;
	}
	rc = evidence_load(dirfd, dir, &ev);
	close(dirfd);
	if (rc)
		return STATUS_ERROR;
	status = verify_setup_evidence(setup, &fn, &ev, setup->name, setup->nonce ? nonce : NULL,
				       NULL, json);
	evidence_free(&ev);
	return status;
}

static enum status verify_address(struct verify_setup *setup, const char *address,
				  struct json_object **json)
{
	char digest[EVIDENCE_DIGEST_TEXT];
	struct function fn;
	enum status status;
	int rc;

	rc = function_open(address, &fn);
	if (rc)
		return cmd_open_status(rc);
	status = verify_setup_function(setup, &fn, digest, json);
	function_close(&fn);
	return status;
}

static enum status parse_options(struct verify_setup *setup, int argc, char **argv)
{
	enum status status = STATUS_OK;
	const char *value;
	int id;

	while (!status && (id = cmd_getopt(&cmd_verify_verb, argc, argv, &value)) >= 0) {
		if (id == NONCE)
			setup->nonce = value;
		else if (id == AT)
			status = set_time(setup, value);
		else
			status = verify_setup_option(setup, id, value);
	}
	if (!status && setup->name && setup->any_name)
		status = cmd_usage(&cmd_verify_verb, "--name and --any-name contradict each other");
	return status;
}

int cmd_verify(int argc, char **argv)
{
	struct verify_setup *setup = verify_setup_new();
	struct json_object *json = NULL;
	enum status status;
	char **operands;

	if (!setup) {
		complain("out of memory");
		return STATUS_ERROR;
	}
	status = parse_options(setup, argc, argv);
	if (!status) {
		struct json_object **wanted = globals.json ? &json : NULL;

		operands = cmd_operands(&cmd_verify_verb, argc, argv, 1, 1, NULL);
		status = is_directory(operands[0]) ?
			verify_directory(setup, operands[0], wanted) :
			verify_address(setup, operands[0], wanted);
	}
	if (json && json_print(json) && !status)
		status = STATUS_ERROR;
	verify_setup_free(setup);
	return status;
}

const struct cmd cmd_verify_verb = {
	.name = "verify",
	.operands = "DIR|ADDRESS",
	.help = "judge the evidence in a directory, or of a function",
	.options = own_options,
	.shared = verify_options,
	.run = cmd_verify,
};
