/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor: the Realm's stage 2 translation and RIPAS
 *
 *  IPA                      stage 2
 *  0x0_0000_0000 + 1 GiB    protected MMIO: EMPTY, or RIPAS_DEV for validated BAR
 *                           pages (identity)
 *  0x0_4000_0000 + RAM      protected RAM: mapped (identity) iff RIPAS_RAM
 *  0x1_0000_0000 + 1 GiB    shared alias of MMIO: PA = IPA without S2_SHARED
 *  0x1_4000_0000 + RAM      shared RAM: other memory, PA = IPA. A device that
 *                           is given such an address reaches the same memory
 *                           with or without an SMMU in its way.
 *
 * Everything is mapped by 4 KiB pages except shared RAM (1 GiB blocks).
 */
#ifndef S2_H
#define S2_H

#include "monitor.h"

#define S2_IPA_BITS		33
#define S2_SHARED		BIT(32)		/* selects the shared alias */
#define S2_RAM_BASE		0x40000000ULL
#define S2_RAM_MAX		0xc0000000ULL	/* bytes, 3 GiB */
#define S2_MMIO_SIZE		0x40000000ULL

/*
 * Translation regime for VTCR_EL2 and for an SMMUv3 stage 2 STE: 4 KiB granule,
 * start level 1 with 8 entries, inner/outer write-back walks, inner shareable,
 * 40-bit output.
 */
#define S2_T0SZ			(64 - S2_IPA_BITS)
#define S2_SL0			1	/* start at level 1 */
#define S2_IRGN0		1
#define S2_ORGN0		1
#define S2_SH0			3
#define S2_TG0			0
#define S2_PS			2
#define S2_ROOT_ENTRIES		8

#define S2_PTE_VALID		BIT(0)
#define S2_PTE_TABLE		BIT(1)	/* levels 0-2; at level 3: page */
#define S2_PTE_NORMAL		(0xfULL << 2)
#define S2_PTE_DEVICE		(0x1ULL << 2)	/* nGnRE */
#define S2_PTE_RW		(3ULL << 6)
#define S2_PTE_SH_INNER		(3ULL << 8)
#define S2_PTE_AF		BIT(10)
#define S2_PTE_XN		BIT(54)

/* The level 1 table of the Realm, indexed by IPA[32:30] */
extern u64 s2_root[S2_ROOT_ENTRIES];

enum ripas {
	RIPAS_EMPTY = 0,
	RIPAS_RAM = 1,
	RIPAS_DESTROYED = 2,
	RIPAS_DEV = 3,
};

void s2_init(void);
void s2_enable(void);
enum ripas s2_ripas(u64 ipa);
void s2_set_ripas(u64 ipa, enum ripas ripas);
void s2_map_dev(u64 ipa, bool map);
void s2_map_shared_mmio(u64 pa, bool map);
bool s2_is_mapped(u64 ipa);
void s2_flush(void);
bool s2_is_protected(u64 ipa, u64 len);
void *s2_protected_ram(u64 ipa, u64 len);
void *s2_shared_ram(u64 ipa, u64 len);

#endif /* S2_H */
