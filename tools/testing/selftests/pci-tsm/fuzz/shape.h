/* SPDX-License-Identifier: GPL-2.0 */
/* A function with BARs and MSI-X, in a few bytes for the fuzzer to play with */
#ifndef __PCI_TSM_FUZZ_SHAPE_H
#define __PCI_TSM_FUZZ_SHAPE_H

#include "place.h"

/**
 * struct shape - what makes a struct pci_tsm_layout
 * @bar: sizes as powers of two, 0 for none; bit 7 puts a BAR into the one before
 * @flags: %SHAPE_MSIX and so on
 * @table_bar: BAR of the MSI-X table
 * @table_page: its first page
 * @table_pages: number of its pages less 1
 * @pba_bar: BAR of the PBA
 * @pba_page: its page
 * @msix_control: Message Control
 */
struct shape {
	u8 bar[PCI_TSM_NR_BARS];
	u8 flags;
	u8 table_bar;
	u8 table_page;
	u8 table_pages;
	u8 pba_bar;
	u8 pba_page;
	u8 msix_control[2];
};

#define SHAPE_MSIX	1
#define SHAPE_LNR	2
#define SHAPE_RELATIVE	4

#define SHAPE_INSIDE	0x80
#define SHAPE_BITS	40

static inline void shape_layout(const struct shape *shape,
				struct pci_tsm_layout *layout)
{
	u64 table = (u64)shape->table_page << 12;
	u64 pba = (u64)shape->pba_page << 12;

	*layout = (struct pci_tsm_layout) {
		.msix = shape->flags & SHAPE_MSIX,
		.msix_control = shape->msix_control[0] | shape->msix_control[1] << 8,
		.table = {
			shape->table_bar % PCI_TSM_NR_BARS, table,
			table + ((u64)(shape->table_pages % 8 + 1) << 12)
		},
		.pba = { shape->pba_bar % PCI_TSM_NR_BARS, pba, pba + 0x1000 },
		.lnr = shape->flags & SHAPE_LNR,
		.offset = shape->flags & SHAPE_RELATIVE ? PCI_TSM_OFFSET_RELATIVE :
			  PCI_TSM_OFFSET_BAR_ALIGN,
	};

	for (u32 i = 0; i < PCI_TSM_NR_BARS; i++) {
		u8 bits = (shape->bar[i] & ~SHAPE_INSIDE) % (SHAPE_BITS + 1);

		if (!bits)
			continue;
		layout->bar[i].size = 1ULL << bits;
		layout->bar[i].start = (u64)(i + 1) << SHAPE_BITS;
		if (i && shape->bar[i] & SHAPE_INSIDE)
			layout->bar[i].start = layout->bar[i - 1].start;
	}
}

#endif /* __PCI_TSM_FUZZ_SHAPE_H */
