// SPDX-License-Identifier: GPL-2.0
/*
 * poll-attr - wait with poll() for a sysfs attribute to reach a value
 *
 * Prints the value at the start and after each notification, one a line. Only
 * a value that a notification announced counts: an attribute that changes
 * without sysfs_notify() runs into the timeout.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ATTR_MAX 4096

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000L;
}

/* Reading from the start is what arms the next notification. */
static int read_attr(int fd, char *buf)
{
	ssize_t n = pread(fd, buf, ATTR_MAX - 1, 0);

	if (n < 0) {
		perror("read");
		return -1;
	}
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	printf("%s\n", buf);
	return 0;
}

int main(int argc, char **argv)
{
	static char buf[ATTR_MAX];
	long end, left;
	int fd;

	if (argc != 4) {
		fprintf(stderr,
			"usage: poll-attr TIMEOUT_MS FILE VALUE\n"
			"Exit status: 0 VALUE was announced, 1 error, 2 usage, 3 timeout.\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);

	fd = open(argv[2], O_RDONLY);
	if (fd < 0) {
		perror(argv[2]);
		return 1;
	}
	end = now_ms() + atol(argv[1]);
	if (read_attr(fd, buf))
		return 1;

	while ((left = end - now_ms()) > 0) {
		struct pollfd pfd = { .fd = fd, .events = POLLPRI };
		int rc = poll(&pfd, 1, left);

		if (rc < 0) {
			perror("poll");
			return 1;
		}
		if (!rc)
			break;
		if (read_attr(fd, buf))
			return 1;
		if (!strcmp(buf, argv[3]))
			return 0;
	}
	return 3;
}
