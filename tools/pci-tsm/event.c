// SPDX-License-Identifier: GPL-2.0
/*
 * Uevents of the kernel, straight from its netlink socket: they come without udev, and
 * in an initramfs.
 */

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "event.h"

#define KERNEL_GROUP 1
/* The kernel makes none that is larger than 4 KiB */
#define MESSAGE_MAX 8192
#define RECEIVE_BUFFER 0x100000

int event_open(void)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = KERNEL_GROUP,
	};
	int fd, rc, size = RECEIVE_BUFFER;

	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		return -errno;
	/* Root may have more than the system's limit; less is no error */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		rc = -errno;
		close(fd);
		return rc;
	}
	return fd;
}

/* Printable ASCII that fits. Anything else leaves it empty: nobody gets a part. */
static void take(char *to, size_t room, const char *value)
{
	size_t size = strlen(value);

	to[0] = 0;
	if (size >= room)
		return;
	for (size_t i = 0; i < size; i++)
		if (value[i] < ' ' || value[i] > '~')
			return;
	memcpy(to, value, size + 1);
}

/* Return: what is behind KEY=, NULL: it is another key */
static const char *value_of(const char *text, const char *key)
{
	size_t size = strlen(key);

	return strncmp(text, key, size) || text[size] != '=' ? NULL : text + size + 1;
}

static void take_variable(struct event *event, const char *text, bool *is_pci)
{
	const struct {
		const char *key;
		char *to;
		size_t room;
	} variables[] = {
		{ "ACTION", event->action, sizeof(event->action) },
		{ "DRIVER", event->driver, sizeof(event->driver) },
		{ "PCI_TSM_STATE", event->state, sizeof(event->state) },
		{ "PCI_TSM_PREV_STATE", event->previous, sizeof(event->previous) },
		{ "PCI_TSM_REASON", event->reason, sizeof(event->reason) },
	};
	const char *value;

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		value = value_of(text, variables[i].key);
		if (value)
			take(variables[i].to, variables[i].room, value);
	}
	value = value_of(text, "SUBSYSTEM");
	if (value)
		*is_pci = !strcmp(value, "pci");
	value = value_of(text, "DEVPATH");
	if (value && address_parse(value, event->address))
		event->address[0] = 0;
	value = value_of(text, "PCI_TSM_GENERATION");
	if (value)
		event->generation = strtoul(value, NULL, 10);
}

bool event_parse(const char *message, size_t size, struct event *event)
{
	const char *text = message, *end = message + size;
	bool is_pci = false;

	*event = (struct event) { 0 };
	if (!size || message[size - 1])
		return false;
	/* What udev sends has another head, and comes in another group */
	if (!strchr(message, '@'))
		return false;
	for (text += strlen(text) + 1; text < end; text += strlen(text) + 1)
		take_variable(event, text, &is_pci);
	return is_pci && event->action[0] && event->address[0];
}

int event_next(int fd, struct event *event)
{
	char message[MESSAGE_MAX];
	struct sockaddr_nl from = { 0 };
	socklen_t size;
	ssize_t n;

	for (;;) {
		size = sizeof(from);
		n = recvfrom(fd, message, sizeof(message), MSG_TRUNC,
			     (struct sockaddr *)&from, &size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		/* Only the kernel's own word counts */
		if (size != sizeof(from) || from.nl_pid)
			continue;
		if (n > (ssize_t)sizeof(message))
			return -ENOBUFS;
		if (event_parse(message, n, event))
			return 0;
	}
}
