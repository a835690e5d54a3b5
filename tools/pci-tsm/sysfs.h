/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attributes of sysfs: text that has to be one line, numbers that have to be numbers.
 */

#ifndef PCITSM_SYSFS_H
#define PCITSM_SYSFS_H

#include "common.h"

/**
 * sysfs_text() - read an attribute that is a line
 * @dirfd: directory
 * @path: the attribute
 * @text: the line without its end; empty on failure
 * @room: of @text; a longer line is -EFBIG
 *
 * Return: 0 or a negative error number; -EPROTO: not a line of printable ASCII.
 */
int sysfs_text(int dirfd, const char *path, char *text, size_t room);

/**
 * sysfs_number() - read an attribute that is a number
 * @dirfd: directory
 * @path: the attribute
 * @base: 10, or 16: with or without 0x
 * @most: more than that is -EPROTO
 * @number: the number, 0 on failure
 *
 * Return: 0 or a negative error number; -EPROTO: not a number.
 */
int sysfs_number(int dirfd, const char *path, int base, unsigned long most,
		 unsigned long *number);

/**
 * sysfs_link() - the last part of what a link points to
 * @dirfd: directory
 * @path: the link
 * @text: the part; empty if there is no such link
 * @room: of @text
 *
 * Return: 0 or a negative error number.
 */
int sysfs_link(int dirfd, const char *path, char *text, size_t room);

/**
 * sysfs_write() - write to an attribute, at once
 * @dirfd: directory
 * @path: the attribute
 * @data: what to write
 * @size: its size
 *
 * A write that a signal interrupted is not repeated: something may have happened.
 * Return: 0 or a negative error number.
 */
int sysfs_write(int dirfd, const char *path, const void *data, size_t size);

/*
 * A directory below where sysfs is, formatted like printf(). Return: file descriptor or a
 * negative error number.
 */
int sysfs_directory(const char *format, ...) __printf(1, 2);

#endif /* PCITSM_SYSFS_H */
