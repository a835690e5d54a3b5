// SPDX-License-Identifier: GPL-2.0
/*
 * What all of pcitsm uses: messages, files, hexadecimal.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"

/* How often a read is begun anew that fails with ESTALE */
#define READ_TRIES	8
#define READ_FIRST	4096

void bytes_free(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes) {};
}

/*
 * Room for twice as much, at most @most bytes, one more to see that there are more, and
 * the zero byte
 */
static int grow(struct bytes *b, size_t *room, size_t most)
{
	size_t next = *room ? *room * 2 : READ_FIRST;
	uint8_t *data;

	if (next > most + 2)
		next = most + 2;
	data = realloc(b->data, next);
	if (!data)
		return -ENOMEM;
	b->data = data;
	*room = next;
	return 0;
}

static int read_to_end(int fd, size_t most, struct bytes *out)
{
	size_t room = 0;

	for (;;) {
		ssize_t n;
		int rc;

		if (out->size + 1 >= room) {
			rc = grow(out, &room, most);
			if (rc)
				return rc;
		}
		n = read(fd, out->data + out->size, room - out->size - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		out->size += n;
		if (out->size > most)
			return -EFBIG;
	}
	out->data[out->size] = 0;
	return 0;
}

int bytes_read(int fd, size_t most, struct bytes *out)
{
	struct stat st;
	int rc;

	*out = (struct bytes) {};
	if (most > SIZE_MAX / 4)
		return -EINVAL;
	if (fstat(fd, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	rc = read_to_end(fd, most, out);
	if (rc)
		bytes_free(out);
	return rc;
}

static int read_once(int dirfd, const char *path, size_t most, struct bytes *out)
{
	int fd, rc;

	/* Nobody can make us wait by putting a FIFO there */
	fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	rc = bytes_read(fd, most, out);
	close(fd);
	return rc;
}

int bytes_read_file(int dirfd, const char *path, size_t most, struct bytes *out)
{
	int rc = -ESTALE;

	*out = (struct bytes) {};
	for (int i = 0; i <= READ_TRIES && rc == -ESTALE; i++)
		rc = read_once(dirfd, path, most, out);
	return rc;
}

int bytes_write(int fd, const struct bytes *b)
{
	size_t at = 0;

	while (at < b->size) {
		ssize_t n = write(fd, b->data + at, b->size - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
	}
	return fsync(fd) ? -errno : 0;
}

void complain(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, format);
	fputs("pcitsm: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

void print_text(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = text[i];

		if (c >= ' ' && c < 0x7f && c != '\\')
			putchar(c);
		else
			printf("\\x%02x", c);
	}
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int hex_parse(const char *text, uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		int high = digit(text[2 * i]);
		/* Not beyond the end of a text that is too short */
		int low = high < 0 ? -1 : digit(text[2 * i + 1]);

		if (low < 0)
			return -EINVAL;
		data[i] = high << 4 | low;
	}
	return text[2 * size] ? -EINVAL : 0;
}

void hex_format(const uint8_t *data, size_t size, char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		*text++ = digits[data[i] >> 4];
		*text++ = digits[data[i] & 0xf];
	}
	*text = 0;
}
