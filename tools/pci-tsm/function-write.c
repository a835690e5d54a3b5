// SPDX-License-Identifier: GPL-2.0
/*
 * Writes to tsm/, which change the state of a function.
 */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "address.h"
#include "explain.h"
#include "function-write.h"
#include "sysfs.h"

#define TSM_CLASS "class/tsm"
#define TSM_NAME 16
/* What a directory may have at most: a bound for loops */
#define MOST_TSMS 4096

int function_write(struct function *fn, enum write what, const char *path, const void *data,
		   size_t size)
{
	char text[512];
	int rc, now;

	rc = sysfs_write(fn->dirfd, path, data, size);
	if (!rc)
		return 0;
	/* Why depends on what it is now, and somebody else may have changed that */
	now = function_refresh(fn);
	if (now == -ENODEV)
		rc = -ENODEV;
	complain("%s: %s%s", fn->address, explain(fn, what, rc, text, sizeof(text)),
		 !now && rc != -EIO && !strcmp(fn->state, "error") ? "; it is in error now" : "");
	return rc;
}

static int write_line(struct function *fn, enum write what, const char *path, const char *word)
{
	char line[EVIDENCE_DIGEST_TEXT + 1];
	int size;

	size = snprintf(line, sizeof(line), "%s\n", word);
	if (size < 0 || (size_t)size >= sizeof(line))
		return -EINVAL;
	return function_write(fn, what, path, line, size);
}

/* Is it one of this virtual machine? The host's have "link". */
static int is_devsec(const char *tsm)
{
	char mode[32];
	int fd, rc;

	fd = sysfs_directory(TSM_CLASS "/%s", tsm);
	if (fd < 0)
		return fd;
	rc = sysfs_text(fd, "pci_mode", mode, sizeof(mode));
	close(fd);
	/* One that is about to go, or one without PCI */
	if (rc == -ENOENT)
		return 0;
	return rc ?: !strcmp(mode, "devsec");
}

/*
 * Return: how many there are with pci_mode devsec, or a negative error number. @tsm gets
 * the one with the lowest number.
 */
static int find_tsm(char *tsm)
{
	struct dirent *entry;
	int fd, nr = 0, rc;
	DIR *dir;

	tsm[0] = 0;
	fd = sysfs_directory(TSM_CLASS);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	while ((entry = readdir(dir)) && nr < MOST_TSMS) {
		const char *name = entry->d_name;

		if (!address_is_tsm(name) || strlen(name) >= TSM_NAME)
			continue;
		rc = is_devsec(name);
		if (rc <= 0)
			continue;
		/* Shorter means lower, as there are no leading zeros */
		if (!nr++ || strlen(name) < strlen(tsm) ||
		    (strlen(name) == strlen(tsm) && strcmp(name, tsm) < 0))
			snprintf(tsm, TSM_NAME, "%.*s", TSM_NAME - 1, name);
	}
	closedir(dir);
	return nr;
}

static int no_tsm(int rc)
{
	if (rc < 0) {
		complain("%s/" TSM_CLASS ": %s", function_sysfs, strerror(-rc));
		return rc;
	}
	complain("there is no TSM with pci_mode devsec here; load its driver");
	return -ENXIO;
}

int function_tsm(const char *wanted, char *tsm)
{
	int rc;

	if (!wanted) {
		rc = find_tsm(tsm);
		if (rc <= 0)
			return no_tsm(rc);
		if (rc > 1) {
			complain("several TSMs with pci_mode devsec, %s among them; name one",
				 tsm);
			return -ENOTUNIQ;
		}
		return 0;
	}
	rc = is_devsec(wanted);
	if (rc == 1) {
		snprintf(tsm, TSM_NAME, "%s", wanted);
		return 0;
	}
	if (!rc)
		complain("%s is not a TSM of this virtual machine: its pci_mode is not devsec",
			 wanted);
	else if (rc == -ENOENT)
		complain("there is no %s; see /sys/class/tsm", wanted);
	else
		complain("%s/" TSM_CLASS "/%s: %s", function_sysfs, wanted, strerror(-rc));
	return -ENXIO;
}

int function_lock(struct function *fn, const char *tsm)
{
	return write_line(fn, WRITE_LOCK, "tsm/lock", tsm);
}

int function_unlock(struct function *fn)
{
	char tsm[TSM_NAME];
	int rc;

	/*
	 * It has none in unlocked, where the kernel refuses any, and in error if it went:
	 * any can end that
	 */
	snprintf(tsm, sizeof(tsm), "%s", fn->tsm);
	if (!tsm[0]) {
		rc = find_tsm(tsm);
		if (rc <= 0)
			return no_tsm(rc);
	}
	return write_line(fn, WRITE_UNLOCK, "tsm/unlock", tsm);
}

int function_accept(struct function *fn, const char *digest)
{
	if (!address_is_digest(digest)) {
		complain("%s: expected a digest: sha384: and 96 lower-case hexadecimal digits",
			 fn->address);
		return -EINVAL;
	}
	return write_line(fn, WRITE_ACCEPT, "tsm/accept", digest);
}

int function_set_restore(struct function *fn, bool on)
{
	return write_line(fn, WRITE_RESTORE, "tsm/restore", on ? "1" : "0");
}
