// SPDX-License-Identifier: GPL-2.0
/*
 * run-tagged - run a program and put its output into the kernel log
 *
 * The guest has one console, and the kernel writes to it as well. Passing the
 * program's output through /dev/kmsg keeps every line whole and in the order of
 * events. Each line gets a tag that the host chose at random, so that neither
 * the kernel nor the program can imitate it by accident:
 *
 *	TAG|text	a line
 *	TAG+text	a part of a line, more follows
 *	TAG!N		the end, N is the exit status (128 + signal)
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The kernel takes records of a bit less than 1 KiB. */
#define TEXT_MAX	800
#define IDLE_MS		100
/* How long background processes of the program are still listened to */
#define DRAIN_MS	300

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000L;
}

static int kmsg;
static const char *tag;

static void emit(char kind, const char *text, size_t len)
{
	char rec[TEXT_MAX + 64];
	/* 14: facility "user", level "info" */
	int n = snprintf(rec, sizeof(rec), "<14>%.32s%c%.*s\n", tag, kind,
			 (int)len, text);

	if (write(kmsg, rec, n) < 0)
		dprintf(STDERR_FILENO, "run-tagged: /dev/kmsg: %m\n");
}

static char line[TEXT_MAX];
static size_t fill;

static void take(char c)
{
	if (c == '\0' || c == '\r')
		return;
	if (c == '\n') {
		emit('|', line, fill);
		fill = 0;
		return;
	}
	if (fill == sizeof(line)) {
		emit('+', line, fill);
		fill = 0;
	}
	line[fill++] = c;
}

/* Returns whether the other end is still open. */
static int forward(int fd)
{
	char buf[4096];
	ssize_t i, n = read(fd, buf, sizeof(buf));

	if (n < 0)
		return errno == EINTR;
	for (i = 0; i < n; i++)
		take(buf[i]);
	return n > 0;
}

static void flush(char kind)
{
	if (fill)
		emit(kind, line, fill);
	fill = 0;
}

int main(int argc, char **argv)
{
	int pipefd[2], status = 0, open = 1;
	long end = 0;
	char num[16];
	pid_t child;

	if (argc < 3) {
		fprintf(stderr, "usage: run-tagged TAG PROGRAM [ARGUMENT]...\n");
		return 2;
	}
	tag = argv[1];
	kmsg = openat(AT_FDCWD, "/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (kmsg < 0 || pipe(pipefd)) {
		perror("run-tagged");
		return 1;
	}

	child = fork();
	if (child < 0) {
		perror("fork");
		return 1;
	}
	if (!child) {
		dup2(pipefd[1], STDOUT_FILENO);
		dup2(pipefd[1], STDERR_FILENO);
		close(pipefd[0]);
		close(pipefd[1]);
		execvp(argv[2], argv + 2);
		fprintf(stderr, "%s: %m\n", argv[2]);
		_exit(127);
	}
	close(pipefd[1]);

	while (open && (child || now_ms() < end)) {
		struct pollfd pfd = { .fd = pipefd[0], .events = POLLIN };

		if (poll(&pfd, 1, IDLE_MS) > 0)
			open = forward(pipefd[0]);
		else
			flush('+');
		if (child && waitpid(child, &status, WNOHANG) == child) {
			child = 0;
			end = now_ms() + DRAIN_MS;
		}
	}
	if (child)
		waitpid(child, &status, 0);
	flush('|');

	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	snprintf(num, sizeof(num), "%d", status);
	emit('!', num, strlen(num));
	return 0;
}
