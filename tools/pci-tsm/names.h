/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of devices, as lspci shows them.
 */

#ifndef PCITSM_NAMES_H
#define PCITSM_NAMES_H

#include "function.h"

#define NAMES_ROOM 256

/**
 * names_class() - "Non-Volatile memory controller"
 * @fn: the function
 * @name: room for NAMES_ROOM; numbers if there is no name. Printable ASCII.
 */
void names_class(const struct function *fn, char *name);

/* "Red Hat, Inc. QEMU NVM Express Controller", in the same way */
void names_device(const struct function *fn, char *name);

#endif /* PCITSM_NAMES_H */
