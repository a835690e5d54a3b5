/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The functions that are watched, with the attributes of theirs that can be polled.
 */

#ifndef PCITSM_WATCH_SET_H
#define PCITSM_WATCH_SET_H

#include <poll.h>

#include "function.h"

#define POLLED_PER_FUNCTION 4

/**
 * struct watch_set - functions
 * @functions: as they were when somebody was told last
 * @due: of each: when it is to be compared with what it is by then, milliseconds; 0: never
 * @state_due: the same for its state, which an event should tell before
 * @fds: @POLLED_PER_FUNCTION for each, for poll()
 * @nr: how many
 * @room: for how many
 */
struct watch_set {
	struct function *functions;
	long long *due;
	long long *state_due;
	struct pollfd *fds;
	int nr;
	int room;
};

/*
 * Whether @nr functions can be watched with the open files that there may be. Not only of
 * those attributes that are there: one that cannot be opened later, when the TSM arrives,
 * would have changes that nobody sees. Complains. Return: 0 or -EMFILE.
 */
int watch_set_fits(int nr);
/*
 * Add @fn, which belongs to the set then. Complains. Return: its index; -ENOMEM; -EMFILE.
 */
int watch_set_add(struct watch_set *set, const struct function *fn);
/* The others keep their order */
void watch_set_remove(struct watch_set *set, int index);
/* Return: its index, -1: it is not there */
int watch_set_find(const struct watch_set *set, const char *address);
/* Open what could not be opened before: attributes that appeared. Complains. */
void watch_set_open(struct watch_set *set, int index);
/* Read what poll() reported, which arms it again. Return: whether it reported any. */
bool watch_set_rearm(struct watch_set *set, int index);
void watch_set_free(struct watch_set *set);

#endif /* PCITSM_WATCH_SET_H */
