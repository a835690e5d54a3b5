/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all of pcitsm uses: exit statuses, messages, bytes.
 */

#ifndef PCITSM_COMMON_H
#define PCITSM_COMMON_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#ifndef __printf
#define __printf(a, b) __attribute__((format(printf, a, b)))
#endif

/* Exit statuses, pcitsm(1) */
enum status {
	STATUS_OK	= 0,
	STATUS_ERROR	= 1,	/* something failed that is neither of the following */
	STATUS_USAGE	= 2,	/* the command line, or a policy file, is wrong */
	STATUS_REFUSED	= 3,	/* evidence or policy says no */
	STATUS_STALE	= 4,	/* evidence was collected anew meanwhile */
	STATUS_UNSUPPORTED = 5,	/* no such function, no TSM, no PCI/TSM here */
};

/**
 * struct bytes - bytes that somebody else delivered
 * @data: NULL if there are none
 * @size: how many
 */
struct bytes {
	uint8_t *data;
	size_t size;
};

void bytes_free(struct bytes *b);

/**
 * bytes_read() - read what is left of an open file, regular or of sysfs
 * @fd: the file
 * @most: more than that is an error (-EFBIG)
 * @out: on success, to be freed with bytes_free(); has a zero byte behind its end,
 *	which does not count
 *
 * Return: 0; -EISDIR or -EINVAL: it is no regular file; another negative error number.
 */
int bytes_read(int fd, size_t most, struct bytes *out);

/**
 * bytes_read_file() - read a whole file
 * @dirfd: what @path is relative to, or AT_FDCWD
 * @path: the file
 * @most: as for bytes_read()
 * @out: likewise
 *
 * A read is begun anew up to eight times if it fails with ESTALE, as those of
 * evidence do that is collected meanwhile.
 * Return: 0 or a negative error number.
 */
int bytes_read_file(int dirfd, const char *path, size_t most, struct bytes *out);

/* Write all of it, and to the disk. Return: 0 or a negative error number. */
int bytes_write(int fd, const struct bytes *b);

/* A message on stderr: "pcitsm: ..." and a newline */
void complain(const char *format, ...) __printf(1, 2);

/**
 * print_text() - print what a device or file delivered, safely
 * @text: the text, which may have any bytes
 * @size: how many of them
 *
 * All that is not printable ASCII is escaped as \\xNN, so that nobody can write to the
 * terminal of who looks.
 */
void print_text(const char *text, size_t size);

/* Hexadecimal: @text must have exactly 2 * @size digits. Return: 0 or -EINVAL. */
int hex_parse(const char *text, uint8_t *data, size_t size);
/* @text: room for 2 * @size + 1 */
void hex_format(const uint8_t *data, size_t size, char *text);

#endif /* PCITSM_COMMON_H */
