// SPDX-License-Identifier: GPL-2.0
/*
 * What happens to functions. Transitions are uevents, each with its reason, also those
 * that are over when somebody looks. A function that is restored stays in run: only its
 * attributes tell, so they are polled, and compared with what was known.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "watch.h"
#include "watch-set.h"

/*
 * Attributes change one after the other: how long to wait for all of them, and for the
 * event of a transition that shows in one. Milliseconds.
 */
#define SETTLE 100
#define SETTLE_STATE 1000

struct watch {
	int events;		/* of event_open(), or negative */
	char (*wanted)[FUNCTION_ADDRESS];
	int nr_wanted;		/* 0: all */
	void (*tell)(const struct happening *happening);
	bool told;
	struct watch_set set;
	struct pollfd *fds;	/* for poll(): @events, standard output, those of @set */
};

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static void tell(struct watch *w, enum happened what, const struct function *fn,
		 const char *previous, const char *reason)
{
	const struct happening happening = {
		.what = what,
		.fn = fn,
		.previous = previous,
		.reason = reason,
	};

	w->told = true;
	w->tell(&happening);
}

static void tell_driver(struct watch *w, struct function *fn, const char *driver)
{
	if (!strcmp(fn->driver, driver))
		return;
	snprintf(fn->driver, sizeof(fn->driver), "%s", driver);
	tell(w, driver[0] ? HAPPENED_BOUND : HAPPENED_UNBOUND, fn, "", "");
}

static void drop(struct watch *w, int index)
{
	tell(w, HAPPENED_REMOVED, &w->set.functions[index], "", "");
	watch_set_remove(&w->set, index);
}

/**
 * compare() - tell of what is different now
 * @w: the watch
 * @index: of the function
 * @all: also of what events tell, which may have been lost
 *
 * Return: whether the function is still there.
 */
static bool compare(struct watch *w, int index, bool all)
{
	struct function *fn = &w->set.functions[index];
	struct function before = *fn;
	char driver[FUNCTION_WORD];
	int rc;

	w->set.due[index] = 0;
	rc = function_refresh(fn);
	if (rc == -ENODEV) {
		*fn = before;
		drop(w, index);
		return false;
	}
	if (rc) {
		*fn = before;
		return true;
	}

	if (!strcmp(fn->state, before.state)) {
		w->set.state_due[index] = 0;
	} else if (all) {
		w->set.state_due[index] = 0;
		tell(w, HAPPENED_STATE, fn, before.state, "");
	} else {
		/* The event is on its way; what else changed belongs to it */
		if (!w->set.state_due[index])
			w->set.state_due[index] = now_ms() + SETTLE_STATE;
		*fn = before;
		return true;
	}
	memcpy(driver, fn->driver, sizeof(driver));
	memcpy(fn->driver, before.driver, sizeof(fn->driver));
	if (all)
		tell_driver(w, fn, driver);
	if (fn->restore_count > before.restore_count)
		tell(w, HAPPENED_RESTORED, fn, "", "");
	else if (fn->generation != before.generation && !strcmp(fn->state, before.state))
		tell(w, HAPPENED_EVIDENCE, fn, "", "");
	if (fn->lockable && !before.lockable)
		tell(w, HAPPENED_TSM, fn, "", "");
	return true;
}

static bool is_wanted(const struct watch *w, const char *address)
{
	for (int i = 0; i < w->nr_wanted; i++)
		if (!strcmp(w->wanted[i], address))
			return true;
	return !w->nr_wanted;
}

static int add(struct watch *w, const char *address)
{
	struct function fn;
	int rc;

	rc = function_open(address, &fn);
	if (rc)
		return rc;
	/* Somebody named it twice */
	rc = watch_set_find(&w->set, fn.address);
	if (rc >= 0) {
		function_close(&fn);
		return rc;
	}
	rc = watch_set_add(&w->set, &fn);
	if (rc < 0)
		function_close(&fn);
	return rc;
}

/* A transition, or that the first TSM arrived or the last one left */
static void take_change(struct watch *w, int index, const struct event *event)
{
	struct function *fn = &w->set.functions[index];
	char previous[sizeof(fn->state)];

	watch_set_open(&w->set, index);
	w->set.due[index] = now_ms() + SETTLE;
	if (!event->previous[0])
		return;
	snprintf(previous, sizeof(previous), "%s", event->previous);
	snprintf(fn->state, sizeof(fn->state), "%s", event->state);
	fn->generation = event->generation;
	tell(w, HAPPENED_STATE, fn, previous, event->reason);
}

static void take_event(struct watch *w, const struct event *event)
{
	int index = watch_set_find(&w->set, event->address);

	if (!strcmp(event->action, "remove")) {
		if (index >= 0)
			drop(w, index);
		return;
	}
	if (!event->state[0] || !is_wanted(w, event->address))
		return;
	if (index < 0) {
		index = add(w, event->address);
		if (index >= 0)
			tell(w, HAPPENED_ADDED, &w->set.functions[index], "", "");
		return;
	}
	if (!strcmp(event->action, "change"))
		take_change(w, index, event);
	else if (!strcmp(event->action, "bind"))
		tell_driver(w, &w->set.functions[index], event->driver);
	else if (!strcmp(event->action, "unbind"))
		tell_driver(w, &w->set.functions[index], "");
}

/* Events were lost: look at everything */
static void resync(struct watch *w)
{
	struct function *list;
	int nr;

	for (int i = 0; i < w->set.nr;)
		i += compare(w, i, true);
	nr = function_list(&list);
	for (int i = 0; i < nr; i++) {
		int index;

		if (!is_wanted(w, list[i].address) ||
		    watch_set_find(&w->set, list[i].address) >= 0)
			continue;
		index = watch_set_add(&w->set, &list[i]);
		if (index < 0)
			break;
		list[i].dirfd = -1;
		tell(w, HAPPENED_ADDED, &w->set.functions[index], "", "");
	}
	if (nr >= 0)
		function_list_free(list, nr);
}

static int take_events(struct watch *w)
{
	struct event event;
	int rc;

	if (w->events < 0)
		return 0;
	for (;;) {
		rc = event_next(w->events, &event);
		if (rc == -EAGAIN)
			return 0;
		if (rc && rc != -ENOBUFS) {
			complain("events of the kernel cannot be received any more: %s",
				 strerror(-rc));
			return rc;
		}
		if (rc)
			resync(w);
		else
			take_event(w, &event);
	}
}

static void take_due(struct watch *w)
{
	long long now = now_ms();

	for (int i = 0; i < w->set.nr;) {
		long long due = w->set.due[i], state_due = w->set.state_due[i];
		bool there = true;

		if (state_due && state_due <= now)
			there = compare(w, i, true);
		else if (due && due <= now)
			there = compare(w, i, false);
		i += there;
	}
}

/* The earlier of @end and of what is due, as a timeout; @end negative: no limit */
static int time_left(const struct watch *w, long long end)
{
	long long now = now_ms(), first = end;

	for (int i = 0; i < w->set.nr; i++) {
		if (w->set.due[i] && (first < 0 || w->set.due[i] < first))
			first = w->set.due[i];
		if (w->set.state_due[i] && (first < 0 || w->set.state_due[i] < first))
			first = w->set.state_due[i];
	}
	if (first < 0)
		return -1;
	return first <= now ? 0 : first - now;
}

/* poll() wants all in one array */
static int wait_for_any(struct watch *w, int timeout)
{
	size_t nr = (size_t)w->set.nr * POLLED_PER_FUNCTION;
	struct pollfd *fds;

	fds = reallocarray(w->fds, nr + 2, sizeof(*fds));
	if (!fds) {
		complain("out of memory");
		return -ENOMEM;
	}
	w->fds = fds;
	fds[0] = (struct pollfd) { .fd = w->events, .events = POLLIN };
	/* Only for POLLERR: nobody reads from the pipe any more */
	fds[1] = (struct pollfd) { .fd = STDOUT_FILENO };
	if (nr)
		memcpy(fds + 2, w->set.fds, nr * sizeof(*fds));
	if (poll(fds, nr + 2, timeout) < 0) {
		if (errno == EINTR)
			return 0;
		complain("poll: %s", strerror(errno));
		return -errno;
	}
	if (fds[1].revents & POLLERR)
		return -EPIPE;
	if (nr)
		memcpy(w->set.fds, fds + 2, nr * sizeof(*fds));
	for (int i = 0; i < w->set.nr; i++)
		if (watch_set_rearm(&w->set, i) && !w->set.due[i])
			w->set.due[i] = now_ms() + SETTLE;
	return 0;
}

int watch_wait(struct watch *w, int timeout)
{
	long long end = timeout < 0 ? -1 : now_ms() + timeout;
	int rc;

	w->told = false;
	do {
		rc = wait_for_any(w, time_left(w, end));
		if (!rc)
			rc = take_events(w);
		if (rc)
			return rc;
		take_due(w);
	} while (!w->told && (end < 0 || now_ms() < end));
	return 0;
}

static int add_wanted(struct watch *w, char **addresses, int nr)
{
	w->wanted = calloc(nr, sizeof(*w->wanted));
	if (!w->wanted) {
		complain("out of memory");
		return -ENOMEM;
	}
	for (int i = 0; i < nr; i++) {
		int rc = add(w, addresses[i]);

		if (rc < 0)
			return rc;
		snprintf(w->wanted[i], sizeof(w->wanted[i]), "%s",
			 w->set.functions[rc].address);
		w->nr_wanted++;
	}
	return 0;
}

static int add_all(struct watch *w)
{
	struct function *list;
	int nr, rc;

	nr = function_list(&list);
	if (nr < 0)
		return nr;
	rc = watch_set_fits(nr);
	for (int i = 0; i < nr && rc >= 0; i++) {
		rc = watch_set_add(&w->set, &list[i]);
		if (rc >= 0)
			list[i].dirfd = -1;
	}
	function_list_free(list, nr);
	return rc < 0 ? rc : 0;
}

int watch_new(char **addresses, int nr, void (*tell_me)(const struct happening *happening),
	      struct watch **watch)
{
	struct watch *w;
	int rc;

	w = calloc(1, sizeof(*w));
	if (!w) {
		complain("out of memory");
		return -ENOMEM;
	}
	w->tell = tell_me;
	/* First, so that nothing is missed in between */
	w->events = event_open();
	if (w->events < 0)
		complain("there are no events of the kernel, and so no reasons for transitions: %s",
			 strerror(-w->events));
	rc = nr ? add_wanted(w, addresses, nr) : add_all(w);
	if (rc) {
		watch_free(w);
		return rc;
	}
	*watch = w;
	return 0;
}

void watch_free(struct watch *w)
{
	if (w->events >= 0)
		close(w->events);
	watch_set_free(&w->set);
	free(w->wanted);
	free(w->fds);
	free(w);
}

const struct function *watch_functions(const struct watch *w, int *nr)
{
	*nr = w->set.nr;
	return w->set.functions;
}
