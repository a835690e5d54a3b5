// SPDX-License-Identifier: GPL-2.0
/*
 * uevent-listen - print the kernel's uevents of some devices
 *
 * Prints "listening" once no event can be missed any more, then for each
 * event whose DEVPATH ends in SUFFIX its KEY=VALUE lines and an empty line.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/netlink.h>

#define KERNEL_GROUP	1
#define MSG_MAX		8192
#define RCVBUF		1048576

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000L;
}

/* A message is "ACTION@DEVPATH" and then KEY=VALUE strings, each with a NUL. */
static int print_event(const char *msg, size_t len, const char *suffix)
{
	const char *end = msg + len, *p;
	size_t head = strlen(msg), tail = strlen(suffix);

	if (head < tail || strcmp(msg + head - tail, suffix))
		return 0;
	for (p = msg + head + 1; p < end; p += strlen(p) + 1)
		printf("%s\n", p);
	printf("\n");
	return 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_groups = KERNEL_GROUP,
	};
	static char msg[MSG_MAX + 1];
	int fd, count, size = RCVBUF;
	long end, left;

	if (argc != 4) {
		fprintf(stderr,
			"usage: uevent-listen TIMEOUT_MS COUNT SUFFIX\n"
			"Exit status: 0 COUNT events came, 1 error, 2 usage, 3 timeout.\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	count = atoi(argv[2]);

	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		perror("uevent socket");
		return 1;
	}
	end = now_ms() + atol(argv[1]);
	printf("listening\n");

	while ((left = end - now_ms()) > 0) {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };
		struct sockaddr_nl from;
		socklen_t from_len = sizeof(from);
		int rc = poll(&pfd, 1, left);
		ssize_t n;

		if (rc < 0) {
			perror("poll");
			return 1;
		}
		if (!rc)
			break;
		n = recvfrom(fd, msg, MSG_MAX, 0, (struct sockaddr *)&from,
			     &from_len);
		if (n < 0) {
			perror("recv");
			return 1;
		}
		msg[n] = '\0';
		/* Only the kernel's own word counts. */
		if (from.nl_pid)
			continue;
		if (print_event(msg, n, argv[3]) && --count == 0)
			return 0;
	}
	return 3;
}
