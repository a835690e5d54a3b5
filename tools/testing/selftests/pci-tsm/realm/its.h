/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor: Interrupt Translation Service and redistributors (Arm IHI 0069)
 */
#ifndef ITS_H
#define ITS_H

#include "mmio.h"
#include "monitor.h"

/* As QEMU's "virt" machine has them */
#define GITS_BASE		0x08080000ULL
#define GITS_TRANSLATER_PAGE	0x08090000ULL	/* devices write MSIs here */
#define GICR_BASE		0x080a0000ULL
#define GICR_SIZE		0x20000ULL

void its_init(void);
bool its_access(struct mmio *mmio);

#endif /* ITS_H */
