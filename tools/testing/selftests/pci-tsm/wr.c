// SPDX-License-Identifier: GPL-2.0
/*
 * wr - write a value to a sysfs file and name the error
 *
 * A shell only has the text of strerror() to tell errors apart, and echo may
 * split one value over several writes. This writes once and prints OK or the
 * name of the errno, for example EBUSY.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int report(int err)
{
	const char *name = err ? strerrorname_np(err) : "OK";

	if (name)
		printf("%s\n", name);
	else
		printf("errno-%d\n", err);
	return err ? 1 : 0;
}

int main(int argc, char **argv)
{
	int newline = 1;
	size_t len;
	ssize_t n;
	char *buf;
	int fd;

	if (argc == 4 && !strcmp(argv[1], "-n")) {
		newline = 0;
		argv++;
		argc--;
	}
	if (argc != 3) {
		fprintf(stderr,
			"usage: wr [-n] VALUE FILE\n"
			"Writes VALUE and a newline (-n: none) and prints OK or the errno.\n");
		return 2;
	}

	len = strlen(argv[1]);
	buf = malloc(len + 1);
	if (!buf)
		return 2;
	memcpy(buf, argv[1], len);
	buf[len] = '\n';
	len += newline;

	fd = open(argv[2], O_WRONLY);
	if (fd < 0)
		return report(errno);
	n = write(fd, buf, len);
	if (n < 0)
		return report(errno);
	if ((size_t)n != len) {
		printf("SHORT-%zd\n", n);
		return 1;
	}
	return report(0);
}
