// SPDX-License-Identifier: GPL-2.0
/*
 * Uevents as of the kernel. It passes on what the owner of a network namespace sends to
 * its socket there.
 */

#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake-sysfs.h"

struct message {
	struct nlmsghdr header;
	char text[2048];
};

static void add(struct message *m, const char *key, const char *value)
{
	size_t at = m->header.nlmsg_len - sizeof(m->header);
	int size;

	size = snprintf(m->text + at, sizeof(m->text) - at, "%s%s", key, value);
	if (size < 0 || at + size + 1 > sizeof(m->text))
		return;
	m->header.nlmsg_len += size + 1;
}

void fake_uevent(const char *action, const char *function, const char *previous,
		 const char *reason)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct message m = {
		.header = {
			.nlmsg_len = sizeof(m.header),
			.nlmsg_type = NLMSG_MIN_TYPE,
			.nlmsg_flags = NLM_F_REQUEST,
		},
	};
	const char *address = strrchr(function, '/') + 1;
	char text[128], path[160];
	int fd;

	if (!fake_uevents)
		return;
	snprintf(path, sizeof(path), "/devices/pci0000:00/%s", address);
	snprintf(text, sizeof(text), "%s@", action);
	add(&m, text, path);
	add(&m, "ACTION=", action);
	add(&m, "DEVPATH=", path);
	add(&m, "SUBSYSTEM=", "pci");
	if (!strcmp(action, "bind") && fake_get(function, "fake/driver", text, sizeof(text)))
		add(&m, "DRIVER=", text);
	if (fake_get(function, "tsm/state", text, sizeof(text)))
		add(&m, "PCI_TSM_STATE=", text);
	if (previous && reason) {
		add(&m, "PCI_TSM_PREV_STATE=", previous);
		add(&m, "PCI_TSM_REASON=", reason);
		fake_get(function, "tsm/evidence_generation", text, sizeof(text));
		add(&m, "PCI_TSM_GENERATION=", text);
	}
	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (fd < 0 ||
	    sendto(fd, &m, m.header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		perror("fake-sysfs: uevent");
	if (fd >= 0)
		close(fd);
}
