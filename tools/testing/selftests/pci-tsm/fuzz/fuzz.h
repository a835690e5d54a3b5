/* SPDX-License-Identifier: GPL-2.0 */
/* What the fuzz targets share */
#ifndef __PCI_TSM_FUZZ_H
#define __PCI_TSM_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Of an accepted input; libFuzzer keeps the one that breaks it */
#define must(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, \
				__LINE__, #condition); \
			abort(); \
		} \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* __PCI_TSM_FUZZ_H */
