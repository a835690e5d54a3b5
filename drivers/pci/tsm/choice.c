// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: module parameters that are one of several words.
 */

#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include "tsm.h"

static int choice_set(const char *val, const struct kernel_param *kp)
{
	const struct pci_tsm_choice *choice = kp->arg;
	int value = __sysfs_match_string(choice->names, choice->nr, val);

	if (value < 0)
		return value;

	*choice->value = value;
	return 0;
}

static int choice_get(char *buf, const struct kernel_param *kp)
{
	const struct pci_tsm_choice *choice = kp->arg;

	return sysfs_emit(buf, "%s\n", choice->names[*choice->value]);
}

/* The argument is a struct pci_tsm_choice */
const struct kernel_param_ops pci_tsm_choice_ops = {
	.set = choice_set,
	.get = choice_get,
};
