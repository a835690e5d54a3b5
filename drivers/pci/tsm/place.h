/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where in the BARs of a function the ranges of its interface report are. Needs
 * no PCI device, so that it can be built for userspace too.
 */
#ifndef __PCI_TSM_PLACE_H
#define __PCI_TSM_PLACE_H

#include <linux/pci-tsm.h>
#include <linux/types.h>
#include "report.h"

#define PCI_TSM_NR_BARS	6

/**
 * struct pci_tsm_bar - a BAR
 * @start: guest physical address
 * @size: size in bytes, 0 if there is no such memory BAR
 */
struct pci_tsm_bar {
	u64 start;
	u64 size;
};

/**
 * struct pci_tsm_pages - the pages that hold an MSI-X structure
 * @bar: index of the BAR
 * @start: offset of the first page in the BAR
 * @end: offset of the end of the last page
 */
struct pci_tsm_pages {
	u8 bar;
	u64 start;
	u64 end;
};

/**
 * struct pci_tsm_layout - what has to be known of a function to place ranges
 * @bar: its BARs
 * @msix: has an MSI-X capability: @msix_control, @table and @pba are valid
 * @msix_control: its Message Control
 * @table: the MSI-X table
 * @pba: the Pending Bit Array
 * @msix_unlocked: the MSI-X table is known not to be locked
 * @lnr: has an LN Requester capability
 * @offset: what its reported addresses mean
 */
struct pci_tsm_layout {
	struct pci_tsm_bar bar[PCI_TSM_NR_BARS];
	bool msix;
	u16 msix_control;
	struct pci_tsm_pages table;
	struct pci_tsm_pages pba;
	bool msix_unlocked;
	bool lnr;
	enum pci_tsm_offset offset;
};

#define PCI_TSM_NO_RANGE	((u32)~0)

/**
 * struct pci_tsm_misfit - why a report does not fit a function
 * @why: in words
 * @range: index of the range that it is about, or %PCI_TSM_NO_RANGE
 */
struct pci_tsm_misfit {
	const char *why;
	u32 range;
};

int pci_tsm_place(const struct pci_tsm_layout *layout,
		  const struct pci_tsm_report *report,
		  struct pci_tsm_mmio_range *ranges, u32 *nr,
		  struct pci_tsm_misfit *misfit);

#endif /* __PCI_TSM_PLACE_H */
