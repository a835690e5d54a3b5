/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A sysfs that is made of files, in which writes have effects.
 */

#ifndef FAKE_SYSFS_H
#define FAKE_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/**
 * fake_write() - somebody writes to a file of the tree
 * @function: directory of the function
 * @attribute: what is written to, "tsm/lock"
 * @data: what is written, with a zero byte behind it
 * @size: how much
 *
 * Return: the size, or a negative error number; 0: nothing special, let it be written.
 */
long fake_write(const char *function, const char *attribute, const char *data, size_t size);

/* Return: a negative error number for a read that has to fail; 0: let it be read */
long fake_read(const char *function, const char *attribute);

/* Whether changes of the state are announced */
extern bool fake_uevents;
/* The tree */
extern const char *fake_top;

/* Announce a change, in our network namespace; @previous NULL: not of the state */
void fake_uevent(const char *action, const char *function, const char *previous,
		 const char *reason);

/* Read a small file, without the end of its line. Return: whether it is there. */
bool fake_get(const char *dir, const char *name, char *text, size_t room);
void fake_set(const char *dir, const char *name, const char *text);

#endif /* FAKE_SYSFS_H */
