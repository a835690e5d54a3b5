/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happens to functions: from uevents and from attributes that can be polled.
 */

#ifndef PCITSM_WATCH_H
#define PCITSM_WATCH_H

#include "event.h"

enum happened {
	HAPPENED_STATE,		/* @previous -> fn->state, for @reason */
	HAPPENED_RESTORED,	/* fn->restore_count went up */
	HAPPENED_EVIDENCE,	/* fn->generation changed, the state did not */
	HAPPENED_BOUND,		/* fn->driver */
	HAPPENED_UNBOUND,
	HAPPENED_ADDED,
	HAPPENED_REMOVED,
	HAPPENED_TSM,		/* the first TSM arrived: it can be locked now */
	NR_HAPPENED,
};

/**
 * struct happening - one thing that happened
 * @what: what
 * @fn: the function after it; what is not known yet of it is as before
 * @previous: the state before
 * @reason: PCI_TSM_REASON; empty if the event was not received
 */
struct happening {
	enum happened what;
	const struct function *fn;
	const char *previous;
	const char *reason;
};

struct watch;

/**
 * watch_new() - begin to watch
 * @addresses: functions to look at; none: all
 * @nr: how many
 * @tell: called for each thing that happened, in order
 * @watch: on success, to be freed with watch_free()
 *
 * Complains.
 * Return: 0 or a negative error number.
 */
int watch_new(char **addresses, int nr, void (*tell)(const struct happening *happening),
	      struct watch **watch);
void watch_free(struct watch *watch);

/* What there is now: an array of @nr functions, valid until watch_wait() */
const struct function *watch_functions(const struct watch *watch, int *nr);

/**
 * watch_wait() - wait, and tell
 * @watch: of watch_new()
 * @timeout: milliseconds at most, negative: no limit
 *
 * Returns after it told of something, and from time to time otherwise.
 * Return: 0; -EPIPE: nobody reads what is printed any more; another negative error
 * number, after complaining.
 */
int watch_wait(struct watch *watch, int timeout);

#endif /* PCITSM_WATCH_H */
