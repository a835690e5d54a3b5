/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor: what PCI functions reach by DMA (SMMUv3, Arm IHI 0070)
 */
#ifndef SMMU_H
#define SMMU_H

#include "monitor.h"

/*
 * Registers of the SMMU of QEMU's "virt" machine. The guest must not have them
 * in its stage 2, neither here nor at the shared alias: it could switch the
 * SMMU off.
 */
#define SMMU_BASE	0x09050000ULL
#define SMMU_SIZE	0x20000ULL

int smmu_init(void);
void smmu_set_private(u16 rid, bool on);
void smmu_invalidate(void);
void smmu_poll(void);
unsigned int smmu_fault_count(u16 rid);

#endif /* SMMU_H */
