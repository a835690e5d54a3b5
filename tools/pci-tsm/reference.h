/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reference files: the measurements to expect, "INDEX TYPE VALUE" in hexadecimal on a
 * line for each, and comments that begin with #.
 */

#ifndef PCITSM_REFERENCE_H
#define PCITSM_REFERENCE_H

#include <stdio.h>

#include "verify.h"

/* Complains. Return: 0 or a negative error number. */
int reference_load(const char *path, struct measurement **list, size_t *nr);
void reference_free(struct measurement *list, size_t nr);
/* Measurements in that format, without those that are informational */
void reference_print(FILE *file, const struct measurement *list, size_t nr);

#endif /* PCITSM_REFERENCE_H */
