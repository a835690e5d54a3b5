// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: find the ranges of an interface report in the BARs of its
 * function, and refuse a report that is not about such a function.
 *
 * A report proves nothing about which pages are behind a guest physical address:
 * that is what the TSM validates. But it must be in keeping with what the guest
 * sees, or its driver and the device would not mean the same registers.
 */

#include <linux/align.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/types.h>
#include "place.h"

/**
 * struct placing - work in progress
 * @layout: the function
 * @base: by BAR, the address that was reported for its beginning
 * @seen: by BAR, @base is valid
 * @table: bytes of the MSI-X table's pages that were reported
 * @pba: the same for the Pending Bit Array
 * @msix: there are ranges with MSI-X flags
 */
struct placing {
	const struct pci_tsm_layout *layout;
	u64 base[PCI_TSM_NR_BARS];
	bool seen[PCI_TSM_NR_BARS];
	u64 table;
	u64 pba;
	bool msix;
};

static bool within(const struct pci_tsm_pages *pages, u16 bar, u64 start,
		   u64 end)
{
	return bar == pages->bar && start >= pages->start && end <= pages->end;
}

static bool touches(const struct pci_tsm_pages *pages, u16 bar, u64 start,
		    u64 end)
{
	return bar == pages->bar && start < pages->end && end > pages->start;
}

static u64 pages_size(const struct pci_tsm_pages *pages)
{
	return pages->end - pages->start;
}

/*
 * The MSI-X table and PBA are TEE memory if they were locked, and then all of
 * their pages say so. Otherwise the host serves them, and they stay shared.
 */
static const char *check_msix(struct placing *p, u16 attr, u16 bar, u64 start,
			      u64 end)
{
	const struct pci_tsm_layout *layout = p->layout;

	if (!(attr & PCI_TSM_RANGE_MSIX)) {
		if (layout->msix && !(attr & PCI_TSM_RANGE_NON_TEE_MEM) &&
		    (touches(&layout->table, bar, start, end) ||
		     touches(&layout->pba, bar, start, end)))
			return "takes the MSI-X table or PBA without saying so";
		return NULL;
	}

	p->msix = true;
	if (!layout->msix)
		return "is for MSI-X, which the function does not have";
	if (layout->msix_unlocked)
		return "is for MSI-X, which was not locked";
	if (attr & PCI_TSM_RANGE_NON_TEE_MEM)
		return "is for MSI-X but no TEE memory";

	if (attr & PCI_TSM_RANGE_MSIX_TABLE) {
		if (!within(&layout->table, bar, start, end))
			return "is not where the MSI-X table is";
		p->table += end - start;
	}
	if (attr & PCI_TSM_RANGE_MSIX_PBA) {
		if (!within(&layout->pba, bar, start, end))
			return "is not where the MSI-X PBA is";
		p->pba += end - start;
	}
	return NULL;
}

/* Returns why a range that is in a BAR is refused, or NULL and its place */
static const char *place_range(struct placing *p,
			       const struct pci_tsm_report_range *reported,
			       struct pci_tsm_mmio_range *range)
{
	u64 first = reported->first_page << PCI_TSM_PAGE_SHIFT;
	u64 size = (u64)reported->pages << PCI_TSM_PAGE_SHIFT;
	u64 *base = &p->base[reported->id];
	const struct pci_tsm_bar *bar;
	u64 offset, room;

	bar = &p->layout->bar[reported->id];
	if (!bar->size)
		return "is in a BAR that the function does not have";

	/* A BAR that is less than a page, or shares one, is never private */
	if (!(reported->attr & PCI_TSM_RANGE_NON_TEE_MEM) &&
	    !IS_ALIGNED(bar->start | bar->size, PCI_TSM_PAGE_SIZE))
		return "is in a BAR that does not consist of 4 KiB pages";
	room = ALIGN(bar->size, PCI_TSM_PAGE_SIZE);

	if (p->layout->offset == PCI_TSM_OFFSET_BAR_ALIGN) {
		if (!is_power_of_2(room))
			return "is in a BAR that is no power of two";
		offset = first & (room - 1);
		if (p->seen[reported->id] && first - offset != *base)
			return "is not in one BAR with the range before";
		*base = first - offset;
	} else {
		if (!p->seen[reported->id])
			*base = first;
		offset = first - *base;
	}
	p->seen[reported->id] = true;

	if (offset >= room || size > room - offset)
		return "exceeds its BAR";

	*range = (struct pci_tsm_mmio_range) {
		.start = bar->start + offset,
		.size = size,
		.reported = first,
		.range_id = reported->id,
		.bar = reported->id,
	};
	return check_msix(p, reported->attr, reported->id, offset,
			  offset + size);
}

/* BARs apart, and ranges apart in each, are ranges that do not overlap */
static const char *check_bars(const struct pci_tsm_layout *layout)
{
	const struct pci_tsm_bar *a, *b;

	for (u32 i = 0; i < PCI_TSM_NR_BARS; i++) {
		a = &layout->bar[i];
		for (u32 j = 0; j < i; j++) {
			b = &layout->bar[j];
			if (a->size && b->size &&
			    a->start < b->start + b->size &&
			    b->start < a->start + a->size)
				return "BARs of the function overlap";
		}
	}
	return NULL;
}

/* Returns why a report with @nr TEE ranges is refused as a whole, or NULL */
static const char *check_whole(const struct placing *p,
			       const struct pci_tsm_report *report, u32 nr)
{
	const struct pci_tsm_layout *layout = p->layout;

	/* Translated requests would not be checked against what is private */
	if (report->interface_info & (PCI_TSM_REPORT_ATS | PCI_TSM_REPORT_PRS))
		return "ATS or PRS is enabled";
	if (p->msix && (p->table != pages_size(&layout->table) ||
			p->pba != pages_size(&layout->pba)))
		return "only a part of MSI-X table and PBA is listed";
	if (p->msix && report->msix_control != layout->msix_control)
		return "MSI-X Message Control is not that of the function";
	if (report->lnr_control && !layout->lnr)
		return "LNR Control of a function that has none";

	for (u32 i = 0; !nr && i < PCI_TSM_NR_BARS; i++)
		if (layout->bar[i].size)
			return "no TEE memory";

	return check_bars(layout);
}

/**
 * pci_tsm_place() - find the TEE memory of a report in the BARs
 * @layout: the function
 * @report: its interface report, parsed
 * @ranges: room for &pci_tsm_report.nr_ranges
 * @nr: number of @ranges that are TEE memory: all that is to become private
 * @misfit: on failure, what does not fit
 *
 * Parts of a BAR that no range covers, and ranges that are NON_TEE_MEM, are not
 * in @ranges: they stay shared.
 *
 * Context: Any. Takes time in proportion to the number of ranges.
 * Return: 0, or -EBADMSG if the report does not fit the function.
 */
int pci_tsm_place(const struct pci_tsm_layout *layout,
		  const struct pci_tsm_report *report,
		  struct pci_tsm_mmio_range *ranges, u32 *nr,
		  struct pci_tsm_misfit *misfit)
{
	struct placing p = { .layout = layout };
	struct pci_tsm_report_range reported;
	struct pci_tsm_mmio_range range;
	const char *why;

	*nr = 0;
	for (u32 i = 0; i < report->nr_ranges; i++) {
		bool tee;

		pci_tsm_report_range(report, i, &reported);
		tee = !(reported.attr & PCI_TSM_RANGE_NON_TEE_MEM);
		misfit->range = i;

		if (reported.id >= PCI_TSM_NR_BARS) {
			/* What is in no BAR is nothing that a driver maps */
			why = tee || reported.attr & PCI_TSM_RANGE_MSIX ?
				"is in no BAR" : NULL;
			tee = false;
		} else {
			why = place_range(&p, &reported, &range);
		}
		if (why)
			goto refuse;
		if (tee)
			ranges[(*nr)++] = range;
	}

	misfit->range = PCI_TSM_NO_RANGE;
	why = check_whole(&p, report, *nr);
	if (why)
		goto refuse;
	return 0;

refuse:
	misfit->why = why;
	*nr = 0;
	return -EBADMSG;
}
