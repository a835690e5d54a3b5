// SPDX-License-Identifier: GPL-2.0
/*
 * wr - write a value to a sysfs file and name the error
 *
 * A shell only has the text of strerror() to tell errors apart, and echo may
 * split one value over several writes. This writes once and prints OK or the
 * name of the errno, for example EBUSY. A value that is no text comes from a file.
 * How long the write took can be had with it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int report(int err, long us)
{
	const char *name = err ? strerrorname_np(err) : "OK";

	if (name)
		printf("%s", name);
	else
		printf("errno-%d", err);
	if (us >= 0)
		printf(" %ld", us);
	printf("\n");
	return err ? 1 : 0;
}

static long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000L + ts.tv_nsec / 1000;
}

#define FILE_MAX 65536

/* The value with a newline, which @len does not count */
static char *from_text(const char *text, size_t *len)
{
	char *buf;

	*len = strlen(text);
	buf = malloc(*len + 1);
	if (!buf)
		return NULL;
	memcpy(buf, text, *len);
	buf[*len] = '\n';
	return buf;
}

static char *from_file(const char *name, size_t *len)
{
	FILE *file = fopen(name, "r");
	char *buf = malloc(FILE_MAX);

	if (!file || !buf)
		return NULL;
	*len = fread(buf, 1, FILE_MAX, file);
	return ferror(file) || !feof(file) ? NULL : buf;
}

int main(int argc, char **argv)
{
	int newline = 1, file = 0, timed = 0;
	long begin, us;
	size_t len;
	ssize_t n;
	char *buf;
	int fd;

	for (; argc == 4; argv++, argc--) {
		if (!strcmp(argv[1], "-t"))
			timed = 1;
		else if (!strcmp(argv[1], "-n") || !strcmp(argv[1], "-b"))
			newline = 0;
		else
			break;
		file = argv[1][1] == 'b';
	}
	if (argc != 3) {
		fprintf(stderr,
			"usage: wr [-n|-b|-t] VALUE FILE\n"
			"Writes VALUE and a newline (-n: none; -b: the contents of file VALUE)\n"
			"and prints OK or the errno, with -t and how many microseconds it took.\n");
		return 2;
	}

	buf = file ? from_file(argv[1], &len) : from_text(argv[1], &len);
	if (!buf) {
		perror(argv[1]);
		return 2;
	}
	len += newline;

	fd = open(argv[2], O_WRONLY);
	if (fd < 0)
		return report(errno, -1);
	begin = now_us();
	n = write(fd, buf, len);
	us = timed ? now_us() - begin : -1;
	if (n < 0)
		return report(errno, us);
	if ((size_t)n != len) {
		printf("SHORT-%zd\n", n);
		return 1;
	}
	return report(0, us);
}
