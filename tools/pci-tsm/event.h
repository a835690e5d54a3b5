/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Uevents of the kernel, as far as they are about functions that can do TDISP.
 */

#ifndef PCITSM_EVENT_H
#define PCITSM_EVENT_H

#include "function.h"

/**
 * struct event - one uevent
 * @action: "add", "change", "remove", "bind", "unbind" and so on
 * @address: of the function
 * @driver: empty if there is none
 * @state: PCI_TSM_STATE, empty in an event without it
 * @previous: PCI_TSM_PREV_STATE, empty if the state did not change
 * @reason: PCI_TSM_REASON
 * @generation: PCI_TSM_GENERATION
 */
struct event {
	char action[16];
	char address[FUNCTION_ADDRESS];
	char driver[FUNCTION_WORD];
	char state[16];
	char previous[16];
	char reason[256];
	unsigned long generation;
};

/**
 * event_open() - begin to receive uevents
 *
 * Needs no privilege.
 * Return: a file descriptor for poll() and event_next(), or a negative error number.
 */
int event_open(void);

/**
 * event_next() - the next event of a PCI function
 * @fd: of event_open()
 * @event: is filled in
 *
 * Return: 0; -EAGAIN: there is none; -ENOBUFS: some were lost; another negative error
 * number.
 */
int event_next(int fd, struct event *event);

/**
 * event_parse() - take a message apart
 * @message: "ACTION@DEVPATH" and KEY=VALUE texts, with a zero byte behind each
 * @size: its size
 * @event: is filled in
 *
 * Return: whether it is about a PCI function, and well-formed.
 */
bool event_parse(const char *message, size_t size, struct event *event);

#endif /* PCITSM_EVENT_H */
