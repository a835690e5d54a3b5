// SPDX-License-Identifier: GPL-2.0
/*
 * What writes to tsm/ do: Documentation/ABI/testing/sysfs-bus-pci-tsm, on files.
 *
 * Beside tsm/, a function has a directory fake/:
 *   evidence/        objects that are collected; the nonce is put into measurements, and
 *                    evidence_digest is a file there, too
 *   collect          if it is there: is run before, with the nonce as hexadecimal digits
 *   driver           name of the driver that is bound on accept
 *   fail-lock        and fail-nonce, fail-accept, ...: "ERRNO [STATE]": the write fails
 *                    once, and the function is in that state
 *   fail-read-NAME   "ERRNO [N]": a read of tsm/NAME fails, once, after N others
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake-sysfs.h"

#define PATH_ROOM 4608
#define NONCE_SIZE 32
#define REQUEST_NONCE 4

bool fake_get(const char *dir, const char *name, char *text, size_t room)
{
	char path[PATH_ROOM];
	size_t n;
	FILE *file;

	text[0] = 0;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "r");
	if (!file)
		return false;
	n = fread(text, 1, room - 1, file);
	text[n] = 0;
	text[strcspn(text, "\n")] = 0;
	fclose(file);
	return true;
}

void fake_set(const char *dir, const char *name, const char *text)
{
	char path[PATH_ROOM];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	if (!file)
		return;
	fprintf(file, "%s\n", text);
	fclose(file);
}

static bool is_in(const char *fn, const char *state)
{
	char text[32];

	return fake_get(fn, "tsm/state", text, sizeof(text)) && !strcmp(text, state);
}

static void add_one(const char *fn, const char *attribute)
{
	char text[32], more[32];

	fake_get(fn, attribute, text, sizeof(text));
	snprintf(more, sizeof(more), "%lu", strtoul(text, NULL, 10) + 1);
	fake_set(fn, attribute, more);
}

static void set_state(const char *fn, const char *state, const char *reason)
{
	char previous[32];

	fake_get(fn, "tsm/state", previous, sizeof(previous));
	fake_set(fn, "tsm/state", state);
	fake_set(fn, "tsm/held", strcmp(state, "run") ? "1" : "0");
	fake_set(fn, "tsm/accept", strcmp(state, "run") ? "0" : "1");
	if (strcmp(state, "run"))
		fake_set(fn, "tsm/restore", "0");
	fake_uevent("change", fn, previous, reason);
}

static bool is_there(const char *fn, const char *name)
{
	char path[PATH_ROOM];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", fn, name);
	return !lstat(path, &st);
}

/* Without a shell in between, all is a path */
static int run(const char *directory, const char *program, const char *argument)
{
	int status;
	pid_t child = fork();

	if (!child) {
		if (!chdir(directory))
			execl(program, program, argument, NULL);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -EIO;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EBADMSG;
}

static void copy(const char *fn, const char *name, const unsigned char *nonce)
{
	char path[PATH_ROOM];
	unsigned char *data;
	FILE *from, *to;
	size_t size;

	snprintf(path, sizeof(path), "%s/fake/evidence/%s", fn, name);
	from = fopen(path, "r");
	snprintf(path, sizeof(path), "%s/tsm/%s", fn, name);
	unlink(path);
	if (!from)
		return;
	data = malloc(1 << 20);
	size = fread(data, 1, 1 << 20, from);
	fclose(from);
	if (nonce && size >= REQUEST_NONCE + NONCE_SIZE)
		memcpy(data + REQUEST_NONCE, nonce, NONCE_SIZE);
	to = fopen(path, "w");
	fwrite(data, 1, size, to);
	fclose(to);
	free(data);
}

static long measure(const char *fn, const unsigned char *nonce)
{
	char path[PATH_ROOM], hex[2 * NONCE_SIZE + 1];
	long rc;

	if (is_there(fn, "fake/collect")) {
		for (int i = 0; i < NONCE_SIZE; i++)
			sprintf(hex + 2 * i, "%02x", nonce[i]);
		snprintf(path, sizeof(path), "%s/fake", fn);
		rc = run(path, "./collect", hex);
		if (rc)
			return rc;
		/* It signed for the nonce itself */
		nonce = NULL;
	}
	copy(fn, "certificates", NULL);
	copy(fn, "vca", NULL);
	copy(fn, "measurements", nonce);
	copy(fn, "report", NULL);
	copy(fn, "lock_flags", NULL);
	copy(fn, "evidence_digest", NULL);
	add_one(fn, "tsm/evidence_generation");
	return 0;
}

static void forget(const char *fn)
{
	static const char *const names[] = { "certificates", "vca", "measurements", "report",
		"lock_flags", "evidence_digest" };
	char path[PATH_ROOM];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/tsm/%s", fn, names[i]);
		unlink(path);
	}
	add_one(fn, "tsm/evidence_generation");
}

static long write_lock(const char *fn, const char *line)
{
	unsigned char nonce[NONCE_SIZE];
	char path[PATH_ROOM], mode[32];
	long rc;

	if (strncmp(line, "tsm", 3) || !line[3] || line[3 + strspn(line + 3, "0123456789")])
		return -EINVAL;
	snprintf(path, sizeof(path), "%s/class/tsm/%s", fake_top, line);
	if (!fake_get(path, "pci_mode", mode, sizeof(mode)) || strcmp(mode, "devsec"))
		return -ENXIO;
	if (is_there(fn, "driver"))
		return -EBUSY;
	if (!is_in(fn, "unlocked"))
		return is_in(fn, "error") ? -EIO : -EBUSY;
	if (getrandom(nonce, sizeof(nonce), 0) != sizeof(nonce))
		return -EIO;
	rc = measure(fn, nonce);
	if (rc)
		return rc;
	fake_set(fn, "tsm/lock", line);
	set_state(fn, "locked", "lock");
	return 0;
}

static long write_nonce(const char *fn, const char *data, size_t size)
{
	char accepted[128], digest[128];
	long rc;

	if (size != NONCE_SIZE || is_in(fn, "unlocked"))
		return -EINVAL;
	if (is_in(fn, "error"))
		return -EIO;
	fake_get(fn, "tsm/evidence_digest", accepted, sizeof(accepted));
	rc = measure(fn, (const unsigned char *)data);
	if (rc || !is_in(fn, "run"))
		return rc;
	fake_get(fn, "tsm/evidence_digest", digest, sizeof(digest));
	if (!strcmp(accepted, digest))
		return 0;
	set_state(fn, "error", "evidence-differs");
	return -EKEYREJECTED;
}

static long write_accept(const char *fn, const char *line)
{
	char digest[128], driver[64], path[PATH_ROOM];
	bool any = !strcmp(line, "1");

	if (!any && (strncmp(line, "sha384:", 7) || strlen(line) != 103))
		return -EINVAL;
	if (is_in(fn, "unlocked"))
		return -EINVAL;
	if (is_in(fn, "error"))
		return -EIO;
	if (!fake_get(fn, "tsm/evidence_digest", digest, sizeof(digest)) ||
	    (!any && strcmp(digest, line)))
		return -ESTALE;
	if (is_in(fn, "run"))
		return 0;
	set_state(fn, "run", "accept");
	fake_set(fn, "tsm/restore", any ? "0" : "1");
	fake_set(fn, "tsm/restore_count", "0");
	fake_set(fn, "tsm/restore_status", "none");
	if (fake_get(fn, "fake/driver", driver, sizeof(driver))) {
		char target[128];

		snprintf(target, sizeof(target), "../../drivers/%s", driver);
		snprintf(path, sizeof(path), "%s/driver", fn);
		if (symlink(target, path))
			return -EIO;
		fake_uevent("bind", fn, NULL, NULL);
	}
	return 0;
}

static long write_unlock(const char *fn, const char *line)
{
	char tsm[32];

	fake_get(fn, "tsm/lock", tsm, sizeof(tsm));
	if (is_in(fn, "unlocked") || strncmp(line, "tsm", 3) || (tsm[0] && strcmp(tsm, line)))
		return -EINVAL;
	if (is_there(fn, "driver"))
		return -EBUSY;
	forget(fn);
	fake_set(fn, "tsm/lock", "");
	set_state(fn, "unlocked", "unlock");
	return 0;
}

static long write_restore(const char *fn, const char *line)
{
	if (!is_in(fn, "run") || (strcmp(line, "0") && strcmp(line, "1")))
		return -EINVAL;
	fake_set(fn, "tsm/restore", line);
	return 0;
}

/* sysfs would report it to poll(), which files cannot: an event does */
static long write_reset(const char *fn)
{
	char restore[8];

	fake_get(fn, "tsm/restore", restore, sizeof(restore));
	if (is_in(fn, "unlocked") || is_in(fn, "error"))
		return 0;
	if (is_in(fn, "run") && !strcmp(restore, "1")) {
		add_one(fn, "tsm/evidence_generation");
		add_one(fn, "tsm/restore_count");
		fake_set(fn, "tsm/restore_status", "ok");
		fake_uevent("change", fn, NULL, NULL);
		return 0;
	}
	fake_set(fn, "tsm/restore_status", "not-armed");
	set_state(fn, "error", is_in(fn, "run") ? "not-armed" : "reset");
	return -EPERM;
}

/* Return: the error number that a test wants, 0: none */
static long wanted_failure(const char *fn, const char *what)
{
	char name[128], text[64], state[32], path[PATH_ROOM];
	int error = 0;

	snprintf(name, sizeof(name), "fake/fail-%s", what);
	if (!fake_get(fn, name, text, sizeof(text)))
		return 0;
	snprintf(path, sizeof(path), "%s/%s", fn, name);
	unlink(path);
	if (sscanf(text, "%d %31s", &error, state) == 2)
		set_state(fn, state, "not-run");
	return -error;
}

/* It is another read that is to fail; count it */
static bool must_wait(const char *fn, const char *what)
{
	char name[128], text[64];
	int error, others;

	snprintf(name, sizeof(name), "fake/fail-%s", what);
	if (!fake_get(fn, name, text, sizeof(text)) ||
	    sscanf(text, "%d %d", &error, &others) != 2 || others <= 0)
		return false;
	snprintf(text, sizeof(text), "%d %d", error, others - 1);
	fake_set(fn, name, text);
	return true;
}

long fake_read(const char *fn, const char *attribute)
{
	char what[64];

	if (strncmp(attribute, "tsm/", 4))
		return 0;
	snprintf(what, sizeof(what), "read-%s", attribute + 4);
	return must_wait(fn, what) ? 0 : wanted_failure(fn, what);
}

long fake_write(const char *fn, const char *attribute, const char *data, size_t size)
{
	char line[256];
	long rc;

	if (!strcmp(attribute, "reset"))
		return write_reset(fn) ?: (long)size;
	if (strncmp(attribute, "tsm/", 4))
		return 0;
	attribute += 4;
	rc = wanted_failure(fn, attribute);
	if (rc)
		return rc;
	snprintf(line, sizeof(line), "%s", data);
	line[strcspn(line, "\n")] = 0;

	if (!strcmp(attribute, "lock"))
		rc = write_lock(fn, line);
	else if (!strcmp(attribute, "nonce"))
		rc = write_nonce(fn, data, size);
	else if (!strcmp(attribute, "accept"))
		rc = write_accept(fn, line);
	else if (!strcmp(attribute, "unlock"))
		rc = write_unlock(fn, line);
	else if (!strcmp(attribute, "restore"))
		rc = write_restore(fn, line);
	else
		rc = -EACCES;
	return rc ?: (long)size;
}
