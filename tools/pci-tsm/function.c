// SPDX-License-Identifier: GPL-2.0
/*
 * PCI functions and their tsm/ attributes: finding and reading them. Writing is in
 * function-write.c, evidence in function-collect.c.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address.h"
#include "function.h"
#include "sysfs.h"

#define DEVICES		"bus/pci/devices"
/* More than any machine has: a bound for loops */
#define MOST_FUNCTIONS	65536

/* The message for an attribute that could not be read, unless the function just went */
static int unreadable(const struct function *fn, const char *path, int rc)
{
	if (rc == -EPROTO || rc == -EFBIG)
		complain("%s: %s does not have what the kernel writes there", fn->address, path);
	else if (rc == -EACCES)
		complain("%s: %s may not be read by this user", fn->address, path);
	else if (rc != -ENODEV)
		complain("%s: %s cannot be read: %s", fn->address, path, strerror(-rc));
	return rc;
}

/* Identity: does not change as long as the function is there */
static int read_ids(struct function *fn)
{
	static const struct {
		const char *path;
		unsigned long most;
	} attributes[] = {
		{ "vendor", 0xffff }, { "device", 0xffff }, { "subsystem_vendor", 0xffff },
		{ "subsystem_device", 0xffff }, { "class", 0xffffff }, { "revision", 0xff },
	};
	unsigned long values[ARRAY_SIZE(attributes)];

	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		int rc = sysfs_number(fn->dirfd, attributes[i].path, 16, attributes[i].most,
				      &values[i]);
		if (rc)
			return unreadable(fn, attributes[i].path, rc);
	}
	fn->vendor = values[0];
	fn->device = values[1];
	fn->subsystem_vendor = values[2];
	fn->subsystem_device = values[3];
	fn->class = values[4];
	fn->revision = values[5];
	return 0;
}

static bool is_state(const char *text)
{
	static const char *const states[] = { "unlocked", "locked", "run", "error" };

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (!strcmp(text, states[i]))
			return true;
	return false;
}

/* Those that appear with the first TSM, and are not an error if they are not there */
static int optional(int rc)
{
	return rc == -ENOENT || rc == -ENODATA ? 0 : rc;
}

static int read_flag(struct function *fn, const char *path, bool *flag)
{
	unsigned long number;
	int rc;

	rc = sysfs_number(fn->dirfd, path, 10, 1, &number);
	*flag = number;
	return rc;
}

static int read_state(struct function *fn)
{
	int rc;

	rc = sysfs_text(fn->dirfd, "tsm/state", fn->state, sizeof(fn->state));
	/* It was there before: the function is gone */
	if (rc == -ENOENT)
		return -ENODEV;
	if (!rc && !is_state(fn->state))
		rc = -EPROTO;
	return rc ? unreadable(fn, "tsm/state", rc) : 0;
}

static int read_tsm(struct function *fn)
{
	int rc;

	rc = sysfs_text(fn->dirfd, "tsm/lock", fn->tsm, sizeof(fn->tsm));
	fn->lockable = rc != -ENOENT;
	if (!rc && fn->tsm[0] && !address_is_tsm(fn->tsm))
		rc = -EPROTO;
	rc = optional(rc);
	return rc ? unreadable(fn, "tsm/lock", rc) : 0;
}

static int read_digest(struct function *fn)
{
	int rc;

	rc = sysfs_text(fn->dirfd, "tsm/evidence_digest", fn->digest, sizeof(fn->digest));
	if (!rc && !address_is_digest(fn->digest))
		rc = -EPROTO;
	rc = optional(rc);
	return rc ? unreadable(fn, "tsm/evidence_digest", rc) : 0;
}

static int read_restore(struct function *fn)
{
	const char *path = "tsm/restore";
	int rc;

	rc = optional(read_flag(fn, path, &fn->restore));
	if (!rc) {
		path = "tsm/restore_count";
		rc = optional(sysfs_number(fn->dirfd, path, 10, ~0UL, &fn->restore_count));
	}
	if (!rc) {
		path = "tsm/restore_status";
		rc = optional(sysfs_text(fn->dirfd, path, fn->restore_status,
					 sizeof(fn->restore_status)));
	}
	return rc ? unreadable(fn, path, rc) : 0;
}

int function_refresh(struct function *fn)
{
	int rc;

	rc = read_state(fn);
	if (rc)
		return rc;
	rc = sysfs_link(fn->dirfd, "driver", fn->driver, sizeof(fn->driver));
	if (rc)
		return unreadable(fn, "driver", rc);
	rc = read_flag(fn, "tsm/held", &fn->held);
	if (rc)
		return unreadable(fn, "tsm/held", rc == -ENOENT ? -ENODEV : rc);
	rc = optional(sysfs_number(fn->dirfd, "tsm/evidence_generation", 10, ~0UL,
				   &fn->generation));
	if (rc)
		return unreadable(fn, "tsm/evidence_generation", rc);
	rc = read_tsm(fn);
	if (!rc)
		rc = read_digest(fn);
	if (!rc)
		rc = read_restore(fn);
	return rc;
}

/* Quietly: -ENODEV: no such function, -EOPNOTSUPP: it has no tsm/state */
static int open_address(const char *address, struct function *fn)
{
	int rc;

	*fn = (struct function) { .dirfd = -1 };
	snprintf(fn->address, sizeof(fn->address), "%s", address);
	fn->dirfd = sysfs_directory(DEVICES "/%s", address);
	if (fn->dirfd < 0)
		return fn->dirfd == -ENOENT ? -ENODEV : fn->dirfd;
	if (faccessat(fn->dirfd, "tsm/state", F_OK, 0)) {
		rc = errno == ENOENT ? -EOPNOTSUPP : -errno;
	} else {
		rc = read_ids(fn);
		if (!rc)
			rc = function_refresh(fn);
	}
	if (rc)
		function_close(fn);
	return rc;
}

int function_open(const char *address, struct function *fn)
{
	char normal[FUNCTION_ADDRESS];
	int rc;

	*fn = (struct function) { .dirfd = -1 };
	rc = address_parse(address, normal);
	if (rc) {
		complain("expected the address of a PCI function, such as 0000:00:01.0");
		return rc;
	}
	rc = open_address(normal, fn);
	if (rc == -ENODEV)
		complain("%s: there is no such PCI function; see pcitsm list", normal);
	else if (rc == -EOPNOTSUPP)
		complain("%s: it has no tsm/state" NO_TDISP, normal);
	return rc;
}

void function_close(struct function *fn)
{
	if (fn->dirfd >= 0)
		close(fn->dirfd);
	fn->dirfd = -1;
}

static int compare(const void *a, const void *b)
{
	const struct function *f = a, *g = b;

	return address_compare(f->address, g->address);
}

/* Room for one more. Return: 0 or -ENOMEM. */
static int grow(struct function **list, int nr)
{
	struct function *more;

	/* 1, 2, 4, ... have just been filled */
	if (nr & (nr - 1))
		return 0;
	more = realloc(*list, (nr ? 2 * (size_t)nr : 1) * sizeof(**list));
	if (!more)
		return -ENOMEM;
	*list = more;
	return 0;
}

/* Return: how many, or a negative error number: none of them is left open then */
static int read_devices(DIR *dir, struct function **list)
{
	char normal[FUNCTION_ADDRESS];
	struct dirent *entry;
	int nr = 0, rc;

	while ((entry = readdir(dir)) && nr < MOST_FUNCTIONS) {
		/* No hostile name: it is what the kernel made up */
		if (address_parse(entry->d_name, normal) || strcmp(normal, entry->d_name))
			continue;
		rc = grow(list, nr);
		if (!rc)
			rc = open_address(normal, &(*list)[nr]);
		if (!rc)
			nr++;
		if (rc == -ENOMEM || rc == -EMFILE || rc == -ENFILE) {
			complain("%s: %s", normal, strerror(-rc));
			function_list_free(*list, nr);
			*list = NULL;
			return rc;
		}
		/* One that cannot be read does not hide the others */
	}
	return nr;
}

int function_list(struct function **list)
{
	int fd, nr;
	DIR *dir;

	*list = NULL;
	fd = sysfs_directory(DEVICES);
	if (fd == -ENOENT) {
		complain("%s/" DEVICES ": there is no PCI here", function_sysfs);
		return -EOPNOTSUPP;
	}
	if (fd < 0) {
		complain("%s/" DEVICES ": %s", function_sysfs, strerror(-fd));
		return fd;
	}
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	nr = read_devices(dir, list);
	closedir(dir);
	if (nr > 1)
		qsort(*list, nr, sizeof(**list), compare);
	return nr;
}

void function_list_free(struct function *list, int nr)
{
	for (int i = 0; i < nr; i++)
		function_close(&list[i]);
	free(list);
}

void function_cma_name(const struct function *fn, char *name)
{
	snprintf(name, FUNCTION_CMA_NAME,
		 "Vendor=%04x:Device=%04x:CC=%06x:REV=%02x:SSVID=%04x:SSID=%04x", fn->vendor,
		 fn->device, fn->class & 0xffffff, fn->revision, fn->subsystem_vendor,
		 fn->subsystem_device);
}
