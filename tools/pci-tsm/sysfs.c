// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of sysfs.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "function.h"
#include "sysfs.h"

/* An attribute that is text is never larger than a page */
#define ATTRIBUTE_MAX 4096

const char *function_sysfs = "/sys";

static bool is_line(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

int sysfs_text(int dirfd, const char *path, char *text, size_t room)
{
	struct bytes b;
	int rc;

	text[0] = 0;
	rc = bytes_read_file(dirfd, path, ATTRIBUTE_MAX, &b);
	if (rc)
		return rc;
	if (b.size && b.data[b.size - 1] == '\n')
		b.size--;
	if (!is_line((const char *)b.data, b.size))
		rc = -EPROTO;
	else if (b.size >= room)
		rc = -EFBIG;
	if (!rc) {
		memcpy(text, b.data, b.size);
		text[b.size] = 0;
	}
	bytes_free(&b);
	return rc;
}

int sysfs_number(int dirfd, const char *path, int base, unsigned long most,
		 unsigned long *number)
{
	char text[32], *end;
	int rc;

	*number = 0;
	rc = sysfs_text(dirfd, path, text, sizeof(text));
	if (rc)
		return rc == -EFBIG ? -EPROTO : rc;
	/* strtoul() would take white space and a sign, too */
	if (!strchr("0123456789abcdefABCDEF", text[0]))
		return -EPROTO;
	errno = 0;
	*number = strtoul(text, &end, base);
	if (end == text || *end || errno || *number > most) {
		*number = 0;
		return -EPROTO;
	}
	return 0;
}

int sysfs_link(int dirfd, const char *path, char *text, size_t room)
{
	char target[PATH_MAX];
	const char *last;
	ssize_t n;

	text[0] = 0;
	n = readlinkat(dirfd, path, target, sizeof(target) - 1);
	if (n < 0)
		return errno == ENOENT ? 0 : -errno;
	target[n] = 0;
	last = strrchr(target, '/');
	last = last ? last + 1 : target;
	if (!is_line(last, strlen(last)))
		return -EPROTO;
	if (strlen(last) >= room)
		return -EFBIG;
	snprintf(text, room, "%s", last);
	return 0;
}

int sysfs_write(int dirfd, const char *path, const void *data, size_t size)
{
	ssize_t n;
	int fd, rc;

	fd = openat(dirfd, path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	n = write(fd, data, size);
	rc = n < 0 ? -errno : (size_t)n == size ? 0 : -EIO;
	close(fd);
	return rc;
}

int sysfs_directory(const char *format, ...)
{
	char path[PATH_MAX], name[256];
	va_list args;
	int fd;

	va_start(args, format);
	fd = vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	if (fd < 0 || (size_t)fd >= sizeof(name) ||
	    snprintf(path, sizeof(path), "%s/%s", function_sysfs, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
