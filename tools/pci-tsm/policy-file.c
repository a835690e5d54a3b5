// SPDX-License-Identifier: GPL-2.0
/*
 * Policy files: who may write to them, and in which order they are read.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy-rule.h"

/* @in: the directory that something is in */
static int ours(const char *path, const struct stat *st, bool in)
{
	if (st->st_uid && st->st_uid != geteuid()) {
		complain("%s belongs to user %u: must be root's, or yours", path, st->st_uid);
		return -EPERM;
	}
	if (!(st->st_mode & 022) || (in && st->st_mode & S_ISVTX))
		return 0;
	complain("%s may be written to by others: chmod go-w it", path);
	return -EPERM;
}

static int wrong(const char *path, int rc)
{
	complain("%s: %s", path, strerror(-rc));
	return rc;
}

/* Who may write to the directory that it is in may put another one there */
static int trusted_parent(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	struct stat st;

	if (slash && slash - path >= (int)sizeof(dir))
		return wrong(path, -ENAMETOOLONG);
	if (!slash)
		snprintf(dir, sizeof(dir), ".");
	else if (slash == path)
		snprintf(dir, sizeof(dir), "/");
	else
		snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path), path);
	if (stat(dir, &st))
		return wrong(dir, -errno);
	return ours(dir, &st, true);
}

/*
 * Follow links, each end of which must be ours, and open what is there, so that what is
 * judged is what is read. Return: a file descriptor or a negative error number.
 */
static int open_trusted(const char *path)
{
	char real[PATH_MAX];
	struct stat st;
	int fd, rc;

	if (lstat(path, &st) || !realpath(path, real))
		return wrong(path, -errno);
	/* In /tmp, anybody may have made a link to a policy that is for something else */
	if (S_ISLNK(st.st_mode) && st.st_uid && st.st_uid != geteuid()) {
		complain("%s belongs to user %u: must be root's, or yours", path, st.st_uid);
		return -EPERM;
	}
	/* Nobody can make us wait by putting a FIFO there */
	fd = open(real, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return wrong(path, -errno);
	rc = fstat(fd, &st) ? wrong(path, -errno) : ours(path, &st, false);
	if (!rc)
		rc = trusted_parent(path);
	if (!rc)
		rc = trusted_parent(real);
	if (!rc)
		return fd;
	close(fd);
	return rc;
}

int policy_trusted(const char *path)
{
	int fd = open_trusted(path);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int load_file(struct policy *policy, const char *path)
{
	size_t first = policy->nr_rules;
	struct bytes text;
	int fd, rc;

	fd = open_trusted(path);
	if (fd < 0)
		return fd;
	rc = bytes_read(fd, POLICY_FILE_MOST, &text);
	close(fd);
	if (rc)
		return wrong(path, rc);
	rc = policy_parse(policy, path, &text);
	bytes_free(&text);
	/* Who may say what the roots are may say that anything is good */
	for (size_t i = first; i < policy->nr_rules && !rc; i++)
		rc = policy_trusted(policy->rules[i]->roots);
	return rc;
}

/* "10-nvme.json" */
static int is_policy(const struct dirent *entry)
{
	const char *name = entry->d_name;
	size_t size = strlen(name);

	return size > 8 && strspn(name, "0123456789") == 2 && name[2] == '-' &&
	       !strcmp(name + size - 5, ".json");
}

/* By bytes: the same everywhere */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int load_files(struct policy *policy, const char *dir, struct dirent **list, int nr)
{
	char path[PATH_MAX];
	int rc = 0;

	if (nr > POLICY_FILES_MOST) {
		complain("%s: more than %d files", dir, POLICY_FILES_MOST);
		return -E2BIG;
	}
	for (int i = 0; i < nr && !rc; i++) {
		if (snprintf(path, sizeof(path), "%s/%s", dir, list[i]->d_name) >=
		    (int)sizeof(path))
			rc = -ENAMETOOLONG;
		else
			rc = load_file(policy, path);
	}
	return rc;
}

static int load_directory(struct policy *policy, const char *dir)
{
	struct dirent **list;
	int nr, rc;

	rc = policy_trusted(dir);
	if (rc)
		return rc;
	nr = scandir(dir, &list, is_policy, by_name);
	if (nr < 0) {
		rc = -errno;
		complain("%s: %m", dir);
		return rc;
	}
	rc = load_files(policy, dir, list, nr);
	for (int i = 0; i < nr; i++)
		free(list[i]);
	free(list);
	return rc;
}

int policy_load(const char *path, struct policy **policy)
{
	struct stat st;
	int rc;

	*policy = NULL;
	if (stat(path, &st)) {
		rc = -errno;
		complain("no policy in %s: %m; see pcitsm-policy(5)", path);
		return rc;
	}
	*policy = calloc(1, sizeof(**policy));
	if (!*policy) {
		complain("out of memory");
		return -ENOMEM;
	}
	if (S_ISDIR(st.st_mode))
		rc = load_directory(*policy, path);
	else
		rc = load_file(*policy, path);
	if (rc) {
		policy_free(*policy);
		*policy = NULL;
	}
	return rc;
}
