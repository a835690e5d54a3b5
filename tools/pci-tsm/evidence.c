// SPDX-License-Identifier: GPL-2.0
/*
 * Evidence as files in a directory: reading and writing it. What is in it does not
 * matter here.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence.h"

#define OBJECT_MAX	(16 << 20)
#define VCA_MAX		(64 << 10)
#define REPORT_MAX	65535
#define TEXT_MAX	4096

/* Enough for ".certificates.12345678.part" */
#define PART_NAME	64

/* The files: of which member, and how large at most */
static const struct object {
	const char *name;
	size_t member;
	size_t most;
	bool needed;
} objects[] = {
	{ "certificates", offsetof(struct evidence, certificates), OBJECT_MAX, true },
	{ "vca", offsetof(struct evidence, vca), VCA_MAX, false },
	{ "measurements", offsetof(struct evidence, measurements), OBJECT_MAX, true },
	{ "report", offsetof(struct evidence, report), REPORT_MAX, false },
	{ "lock_flags", offsetof(struct evidence, lock_flags), TEXT_MAX, false },
	{ "resource", offsetof(struct evidence, resource), TEXT_MAX, false },
	{ "nonce", offsetof(struct evidence, nonce), EVIDENCE_NONCE_SIZE, false },
};

static struct bytes *member(struct evidence *ev, const struct object *o)
{
	return (struct bytes *)((char *)ev + o->member);
}

static const struct bytes *const_member(const struct evidence *ev, const struct object *o)
{
	return (const struct bytes *)((const char *)ev + o->member);
}

void evidence_free(struct evidence *ev)
{
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		bytes_free(member(ev, &objects[i]));
}

static int load_object(int dirfd, const char *where, const struct object *o,
		       struct bytes *out)
{
	int rc = bytes_read_file(dirfd, o->name, o->most, out);

	if (rc == -ENOENT && !o->needed)
		return 0;
	if (rc == -ENOENT)
		complain("%s: there is no %s, which evidence has to have", where, o->name);
	else if (rc == -EFBIG)
		complain("%s/%s: larger than the %zu bytes that it can have", where,
			 o->name, o->most);
	else if (rc == -EINVAL)
		complain("%s/%s: expected a regular file", where, o->name);
	else if (rc == -ESTALE)
		complain("%s/%s: collected anew again and again while it was read", where,
			 o->name);
	else if (rc)
		complain("%s/%s: %s", where, o->name, strerror(-rc));
	if (rc)
		return rc;

	/* One that is not known has no file */
	if (!out->size) {
		complain("%s/%s: empty; remove it if there is none", where, o->name);
		return -EINVAL;
	}
	return 0;
}

int evidence_load(int dirfd, const char *where, struct evidence *ev)
{
	int rc = 0;

	*ev = (struct evidence) {};
	for (size_t i = 0; !rc && i < ARRAY_SIZE(objects); i++)
		rc = load_object(dirfd, where, &objects[i], member(ev, &objects[i]));

	if (!rc && ev->nonce.size && ev->nonce.size != EVIDENCE_NONCE_SIZE) {
		complain("%s/nonce: expected %d bytes, found %zu", where,
			 EVIDENCE_NONCE_SIZE, ev->nonce.size);
		rc = -EINVAL;
	}
	if (rc)
		evidence_free(ev);
	return rc;
}

/* The whole object under a name of its own, which no link can take the place of */
static int write_part(int dirfd, const char *part, const struct bytes *b)
{
	int fd, rc;

	fd = openat(dirfd, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return -errno;
	rc = bytes_write(fd, b);
	if (close(fd) && !rc)
		rc = -errno;
	if (rc)
		unlinkat(dirfd, part, 0);
	return rc;
}

static int save_object(int dirfd, const char *name, const struct bytes *b, bool force)
{
	char part[PART_NAME];
	int rc;

	snprintf(part, sizeof(part), ".%s.%ld.part", name, (long)getpid());
	rc = write_part(dirfd, part, b);
	if (rc)
		return rc;
	if (force) {
		if (!renameat(dirfd, part, dirfd, name))
			return 0;
		rc = -errno;
	} else if (linkat(dirfd, part, dirfd, name, 0)) {
		rc = -errno;
	}
	unlinkat(dirfd, part, 0);
	return rc;
}

static int open_directory(const char *dir)
{
	int fd;

	if (mkdir(dir, 0700) && errno != EEXIST) {
		int rc = -errno;

		complain("%s: cannot be made: %s", dir, strerror(-rc));
		return rc;
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		int rc = -errno;

		complain("%s: expected a directory: %s", dir, strerror(-rc));
		return rc;
	}
	return fd;
}

/* Any of the files, also of those that will not be written: nothing may be mixed */
static int refuse_existing(int dirfd, const char *dir)
{
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		const char *name = objects[i].name;

		if (!fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW)) {
			complain("%s/%s: is there already; name another directory, or --force",
				 dir, name);
			return -EEXIST;
		}
	}
	return 0;
}

/* Each one that was there belongs to other evidence, so it goes first */
static int remove_existing(int dirfd, const char *dir)
{
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		if (unlinkat(dirfd, objects[i].name, 0) && errno != ENOENT) {
			int rc = -errno;

			complain("%s/%s: cannot be removed: %s", dir, objects[i].name,
				 strerror(-rc));
			return rc;
		}
	}
	return 0;
}

int evidence_save(const char *dir, const struct evidence *ev, bool force)
{
	bool saved[ARRAY_SIZE(objects)] = {};
	int dirfd, rc;

	dirfd = open_directory(dir);
	if (dirfd < 0)
		return dirfd;

	rc = force ? remove_existing(dirfd, dir) : refuse_existing(dirfd, dir);
	for (size_t i = 0; !rc && i < ARRAY_SIZE(objects); i++) {
		const struct bytes *b = const_member(ev, &objects[i]);

		if (!b->size)
			continue;
		rc = save_object(dirfd, objects[i].name, b, force);
		saved[i] = !rc;
		if (rc)
			complain("%s/%s: cannot be written: %s", dir, objects[i].name,
				 strerror(-rc));
	}

	/* Half of it is of no use to anybody */
	for (size_t i = 0; rc && i < ARRAY_SIZE(objects); i++)
		if (saved[i])
			unlinkat(dirfd, objects[i].name, 0);
	close(dirfd);
	return rc;
}
