/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of functions.
 */

#ifndef PCITSM_LIST_H
#define PCITSM_LIST_H

#include "function.h"

/* Print @nr functions as a table on stdout */
void list_print(const struct function *list, int nr);

#endif /* PCITSM_LIST_H */
