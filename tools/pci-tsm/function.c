// SPDX-License-Identifier: GPL-2.0
/*
 * PCI functions and their tsm/ attributes in sysfs: finding and reading them.
 */

#include "function.h"

const char *function_sysfs = "/sys";
