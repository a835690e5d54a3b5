// SPDX-License-Identifier: GPL-2.0
/*
 * Names of devices, from pci.ids, by libpci.
 */

#include <pci/pci.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

/* libpci wants this not to return */
static void __attribute__((noreturn)) give_up(char *message, ...)
{
	complain("libpci cannot go on: \"%s\"", message);
	exit(STATUS_ERROR);
}

static void say_nothing(char *message, ...)
{
	(void)message;
}

/* Only for names: the hardware is not touched */
static struct pci_access *names(void)
{
	static struct pci_access *access;

	if (!access) {
		access = pci_alloc();
		access->error = give_up;
		access->warning = say_nothing;
		access->debug = say_nothing;
	}
	return access;
}

/* pci.ids is UTF-8, but what is printed here is not more than ASCII */
static void make_ascii(char *name)
{
	for (; *name; name++)
		if (*name < ' ' || *name > '~')
			*name = '?';
}

void names_class(const struct function *fn, char *name)
{
	char room[NAMES_ROOM];
	const char *found;

	found = pci_lookup_name(names(), room, sizeof(room), PCI_LOOKUP_CLASS, fn->class >> 8);
	snprintf(name, NAMES_ROOM, "%s", found ? found : "");
	make_ascii(name);
}

void names_device(const struct function *fn, char *name)
{
	char room[NAMES_ROOM];
	const char *found;

	found = pci_lookup_name(names(), room, sizeof(room),
				PCI_LOOKUP_VENDOR | PCI_LOOKUP_DEVICE, fn->vendor, fn->device);
	snprintf(name, NAMES_ROOM, "%s", found ? found : "");
	make_ascii(name);
}
