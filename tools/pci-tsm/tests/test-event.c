// SPDX-License-Identifier: GPL-2.0
/*
 * Uevents: what is taken from a message, and which are refused.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"

#define PATH "/devices/pci0000:00/0000:00:01.0"

static int number, failed;

static void result(bool good, const char *name)
{
	number++;
	failed += !good;
	printf("%sok %d %s\n", good ? "" : "not ", number, name);
}

/* In memory of exactly that size, so that a sanitizer sees what is read behind it */
static bool parse(const char *message, size_t size, struct event *event)
{
	char *copy = malloc(size ? size : 1);
	bool good;

	if (size)
		memcpy(copy, message, size);
	good = event_parse(copy, size, event);
	free(copy);
	return good;
}

#define PARSE(text, event) parse(text, sizeof(text), event)

static void test_transition(void)
{
	struct event e;
	bool good;

	good = PARSE("change@" PATH "\0ACTION=change\0DEVPATH=" PATH "\0SUBSYSTEM=pci\0"
		     "PCI_TSM_STATE=run\0PCI_TSM_PREV_STATE=locked\0PCI_TSM_REASON=accept\0"
		     "PCI_TSM_GENERATION=12\0SEQNUM=7", &e);
	result(good && !strcmp(e.action, "change") && !strcmp(e.address, "0000:00:01.0") &&
	       !strcmp(e.state, "run") && !strcmp(e.previous, "locked") &&
	       !strcmp(e.reason, "accept") && e.generation == 12, "a transition");
}

static void test_bind(void)
{
	struct event e;
	bool good;

	good = PARSE("bind@" PATH "\0ACTION=bind\0DEVPATH=" PATH "\0SUBSYSTEM=pci\0"
		     "DRIVER=nvme\0PCI_TSM_STATE=run", &e);
	result(good && !strcmp(e.driver, "nvme") && !e.previous[0] && !e.generation,
	       "a driver is bound");
}

static void test_other_devices(void)
{
	struct event e;

	result(!PARSE("add@" PATH "\0ACTION=add\0DEVPATH=" PATH "\0SUBSYSTEM=nvme", &e),
	       "another subsystem");
	result(!PARSE("add@" PATH "\0ACTION=add\0DEVPATH=" PATH, &e), "no subsystem");
	result(!PARSE("add@" PATH "/x\0ACTION=add\0DEVPATH=" PATH "/x\0SUBSYSTEM=pci", &e),
	       "no address");
	result(!PARSE("add@" PATH "\0ACTION=add\0SUBSYSTEM=pci", &e), "no path");
	result(!PARSE("add@" PATH "\0DEVPATH=" PATH "\0SUBSYSTEM=pci", &e), "no action");
	result(!PARSE("add@" PATH "\0ACTION=add\0DEVPATH=" PATH "\0SUBSYSTEM=pci_bus", &e),
	       "a subsystem whose name begins with pci");
	result(!PARSE("libudev\0ACTION=add\0DEVPATH=" PATH "\0SUBSYSTEM=pci", &e),
	       "a message of udev");
}

static void test_malformed(void)
{
	static const char text[] = "change@" PATH "\0ACTION=change\0DEVPATH=" PATH
				   "\0SUBSYSTEM=pci\0PCI_TSM_STATE=run";
	struct event e;
	bool refused = true;

	for (size_t size = 0; size < sizeof(text); size++)
		if (!size || text[size - 1])
			refused &= !parse(text, size, &e);
	result(refused, "a message that does not end");
	result(PARSE(text, &e) && !strcmp(e.state, "run"), "the same with its end");
	result(!parse("\0\0\0\0", 4, &e), "nothing but ends");
	result(!PARSE("@\0=\0=x\0\0ACTION\0SUBSYSTEM=\0DEVPATH=", &e), "keys without values");
}

static void test_hostile_values(void)
{
	char message[1024], reason[256] = "";
	struct event e;
	size_t size;
	bool good;

	memset(reason, 'x', sizeof(reason) - 1);
	size = snprintf(message, sizeof(message),
			"change@x%cACTION=change%cSUBSYSTEM=pci%cDEVPATH=%s%cPCI_TSM_REASON=%s%c%s",
			0, 0, 0, PATH, 0, reason, 0, "PCI_TSM_STATE=unlocked-unlocked") + 1;
	good = parse(message, size, &e);
	result(good && strlen(e.reason) == 255 && !e.state[0],
	       "a reason that just fits, and a state that does not");
	good = PARSE("change@x\0ACTION=change\0SUBSYSTEM=pci\0DEVPATH=" PATH "\0"
		     "PCI_TSM_REASON=\033[2J\0DRIVER=n\nx\0PCI_TSM_GENERATION=x", &e);
	result(good && !e.reason[0] && !e.driver[0] && !e.generation,
	       "values that are not printable, a number that is none");
	good = PARSE("change@x\0ACTION=change\0SUBSYSTEM=pci\0DEVPATH=" PATH "\0"
		     "XPCI_TSM_STATE=run\0PCI_TSM_STATES=run", &e);
	result(good && !e.state[0], "keys that only look like one");
}

int main(void)
{
	test_transition();
	test_bind();
	test_other_devices();
	test_malformed();
	test_hostile_values();
	printf("1..%d\n", number);
	return failed ? 1 : 0;
}
