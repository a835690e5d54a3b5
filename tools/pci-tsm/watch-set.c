// SPDX-License-Identifier: GPL-2.0
/*
 * The functions that are watched, with the attributes of theirs that can be polled.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "watch-set.h"

/*
 * Open files of a function: what is polled, its directory, and that once more while all
 * functions are listed. Besides: standard ones, events, what is read just now.
 */
#define FILES_PER_FUNCTION (POLLED_PER_FUNCTION + 2)
#define FILES_BESIDES 16

static const char *const polled[POLLED_PER_FUNCTION] = {
	"tsm/state", "tsm/restore_count", "tsm/restore_status", "tsm/evidence_generation",
};

/* Return: what is @array from now on; NULL: no memory, and @array is as before */
static void *enlarge(void *array, int room, size_t size)
{
	return reallocarray(array, room, size);
}

static int grow(struct watch_set *set)
{
	int room = set->room ? 2 * set->room : 16;
	void *more;

	more = enlarge(set->functions, room, sizeof(*set->functions));
	if (!more)
		return -ENOMEM;
	set->functions = more;
	more = enlarge(set->due, room, sizeof(*set->due));
	if (!more)
		return -ENOMEM;
	set->due = more;
	more = enlarge(set->state_due, room, sizeof(*set->state_due));
	if (!more)
		return -ENOMEM;
	set->state_due = more;
	more = enlarge(set->fds, room, POLLED_PER_FUNCTION * sizeof(*set->fds));
	if (!more)
		return -ENOMEM;
	set->fds = more;
	set->room = room;
	return 0;
}

static struct pollfd *fds_of(struct watch_set *set, int index)
{
	return set->fds + (size_t)index * POLLED_PER_FUNCTION;
}

/* Reading is what arms it. Return: whether it can still be read. */
static bool read_polled(int fd)
{
	char text[256];

	return pread(fd, text, sizeof(text), 0) >= 0 || errno == ENODATA || errno == EINTR;
}

void watch_set_open(struct watch_set *set, int index)
{
	struct pollfd *p = fds_of(set, index);

	for (int i = 0; i < POLLED_PER_FUNCTION; i++) {
		int fd;

		if (p[i].fd >= 0)
			continue;
		fd = openat(set->functions[index].dirfd, polled[i], O_RDONLY | O_CLOEXEC);
		p[i] = (struct pollfd) { .fd = fd, .events = POLLPRI };
		if (fd >= 0)
			read_polled(fd);
		else if (errno != ENOENT && errno != ENODEV)
			complain("%s: %s cannot be watched: %s", set->functions[index].address,
				 polled[i], strerror(errno));
	}
}

int watch_set_fits(int nr)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) ||
	    limit.rlim_cur >= (rlim_t)nr * FILES_PER_FUNCTION + FILES_BESIDES)
		return 0;
	complain("%d functions cannot be watched with so few open files; "
		 "raise ulimit -n, or name those that matter", nr);
	return -EMFILE;
}

int watch_set_add(struct watch_set *set, const struct function *fn)
{
	int index = set->nr;

	if (watch_set_fits(set->nr + 1))
		return -EMFILE;
	if (set->nr == set->room && grow(set)) {
		complain("out of memory");
		return -ENOMEM;
	}
	set->functions[index] = *fn;
	set->due[index] = 0;
	set->state_due[index] = 0;
	for (int i = 0; i < POLLED_PER_FUNCTION; i++)
		fds_of(set, index)[i].fd = -1;
	set->nr++;
	watch_set_open(set, index);
	return index;
}

static void close_polled(struct pollfd *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

void watch_set_remove(struct watch_set *set, int index)
{
	size_t behind = set->nr - index - 1;

	for (int i = 0; i < POLLED_PER_FUNCTION; i++)
		close_polled(&fds_of(set, index)[i]);
	function_close(&set->functions[index]);
	memmove(&set->functions[index], &set->functions[index + 1],
		behind * sizeof(*set->functions));
	memmove(&set->due[index], &set->due[index + 1], behind * sizeof(*set->due));
	memmove(&set->state_due[index], &set->state_due[index + 1],
		behind * sizeof(*set->state_due));
	memmove(fds_of(set, index), fds_of(set, index + 1),
		behind * POLLED_PER_FUNCTION * sizeof(*set->fds));
	set->nr--;
}

int watch_set_find(const struct watch_set *set, const char *address)
{
	for (int i = 0; i < set->nr; i++)
		if (!strcmp(set->functions[i].address, address))
			return i;
	return -1;
}

bool watch_set_rearm(struct watch_set *set, int index)
{
	struct pollfd *p = fds_of(set, index);
	bool any = false;

	for (int i = 0; i < POLLED_PER_FUNCTION; i++) {
		if (p[i].fd < 0 || !p[i].revents)
			continue;
		any = true;
		p[i].revents = 0;
		/* It is gone with its function, and would be reported for ever */
		if (!read_polled(p[i].fd))
			close_polled(&p[i]);
	}
	return any;
}

void watch_set_free(struct watch_set *set)
{
	while (set->nr)
		watch_set_remove(set, set->nr - 1);
	free(set->functions);
	free(set->due);
	free(set->state_due);
	free(set->fds);
	*set = (struct watch_set) { 0 };
}
