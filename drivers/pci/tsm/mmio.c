// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: private MMIO of an accepted function.
 *
 * The interface report says which pages of the BARs are TEE memory. They are
 * found in the guest's BARs, validated by the TSM one range at a time, and only
 * what both the report and the TSM cover becomes private. The rest, such as the
 * pages of an MSI-X table that the host serves, stays shared.
 */

#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <linux/cleanup.h>
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include "../pci.h"
#include "ops.h"
#include "tsm.h"

#define PCI_TSM_NR_BARS	PCI_STD_NUM_BARS

/**
 * pci_tsm_mmio_place() - find the place of a reported range in its BAR
 * @bar: the BAR that the Range ID names; remembers what it was reported as
 * @reported: a range of TEE memory
 * @range: the result, except for &pci_tsm_mmio_range.bar
 *
 * An MMIO_REPORTING_OFFSET leaves the low bits of an address alone, those that
 * say where in its naturally aligned BAR it is. The others are the same for all
 * ranges of a BAR.
 *
 * Return: 0, or -EBADMSG if the range is not inside the BAR or would take pages
 * of an MSI-X table or PBA without saying so.
 */
int pci_tsm_mmio_place(struct pci_tsm_bar *bar,
		       const struct pci_tsm_report_range *reported,
		       struct pci_tsm_mmio_range *range)
{
	u64 first = reported->first_page << PCI_TSM_PAGE_SHIFT;
	u64 size = (u64)reported->pages << PCI_TSM_PAGE_SHIFT;
	u64 offset;

	if (!is_power_of_2(bar->size) || bar->size < PCI_TSM_PAGE_SIZE ||
	    !IS_ALIGNED(bar->start, PCI_TSM_PAGE_SIZE))
		return -EBADMSG;

	offset = first & (bar->size - 1);
	if (size > bar->size - offset)
		return -EBADMSG;

	if (bar->placed && first - offset != bar->reported)
		return -EBADMSG;

	if (!(reported->attr & (PCI_TSM_RANGE_MSIX_TABLE |
				PCI_TSM_RANGE_MSIX_PBA))) {
		for (int i = 0; i < ARRAY_SIZE(bar->msix); i++) {
			if (offset < bar->msix[i].end &&
			    offset + size > bar->msix[i].start)
				return -EBADMSG;
		}
	}

	bar->placed = true;
	bar->reported = first - offset;

	*range = (struct pci_tsm_mmio_range) {
		.start = bar->start + offset,
		.size = size,
		.reported = first,
		.range_id = reported->id,
	};
	return 0;
}

static void msix_region(struct pci_dev *pdev, struct pci_tsm_bar *bars, int which,
			int reg, u32 size)
{
	struct pci_tsm_bar *bar;
	u32 val, bir;
	u64 offset;

	pci_read_config_dword(pdev, pdev->msix_cap + reg, &val);
	bir = val & PCI_MSIX_TABLE_BIR;
	offset = val & PCI_MSIX_TABLE_OFFSET;
	if (bir >= PCI_TSM_NR_BARS)
		return;

	bar = &bars[bir];
	bar->msix[which].start = ALIGN_DOWN(offset, PCI_TSM_PAGE_SIZE);
	bar->msix[which].end = ALIGN(offset + size, PCI_TSM_PAGE_SIZE);
}

/* Returns the number of memory BARs */
static int find_bars(struct pci_dev *pdev, struct pci_tsm_bar *bars)
{
	int nr = 0;

	for (int i = 0; i < PCI_TSM_NR_BARS; i++) {
		struct resource *res = pci_resource_n(pdev, i);

		bars[i] = (struct pci_tsm_bar) {};
		if (!(res->flags & IORESOURCE_MEM) ||
		    res->flags & (IORESOURCE_UNSET | IORESOURCE_DISABLED) ||
		    !resource_size(res))
			continue;

		bars[i].start = res->start;
		bars[i].size = resource_size(res);
		nr++;
	}

	if (pdev->msix_cap) {
		u16 control;
		u32 n;

		pci_read_config_word(pdev, pdev->msix_cap + PCI_MSIX_FLAGS,
				     &control);
		n = (control & PCI_MSIX_FLAGS_QSIZE) + 1;
		msix_region(pdev, bars, 0, PCI_MSIX_TABLE,
			    n * PCI_MSIX_ENTRY_SIZE);
		msix_region(pdev, bars, 1, PCI_MSIX_PBA,
			    DIV_ROUND_UP(n, 64) * sizeof(u64));
	}

	return nr;
}

/* The TEE ranges of the report, placed in the BARs */
static struct pci_tsm_mmio *place_ranges(struct pci_dev *pdev,
					 const struct pci_tsm_report *report)
{
	struct pci_tsm_bar bars[PCI_TSM_NR_BARS];
	int nr_bars = find_bars(pdev, bars);
	u32 nr = 0;

	struct pci_tsm_mmio *mmio __free(kvfree) =
		kvzalloc(struct_size(mmio, range, report->nr_ranges), GFP_KERNEL);
	if (!mmio)
		return ERR_PTR(-ENOMEM);
	mmio->nr = report->nr_ranges;

	for (u32 i = 0; i < report->nr_ranges; i++) {
		struct pci_tsm_report_range reported;
		int rc;

		pci_tsm_report_range(report, i, &reported);
		if (reported.attr & PCI_TSM_RANGE_NON_TEE_MEM)
			continue;

		rc = -EBADMSG;
		if (reported.id < PCI_TSM_NR_BARS)
			rc = pci_tsm_mmio_place(&bars[reported.id], &reported,
						&mmio->range[nr]);
		if (rc) {
			pci_err(pdev,
				"interface report: range %u (id %u, %u pages) does not fit the BARs\n",
				i, reported.id, reported.pages);
			return ERR_PTR(rc);
		}
		mmio->range[nr++].bar = reported.id;
	}
	mmio->nr = nr;

	if (!nr && nr_bars) {
		pci_err(pdev, "interface report: no TEE memory\n");
		return ERR_PTR(-EBADMSG);
	}

	return no_free_ptr(mmio);
}

/**
 * pci_tsm_mmio_setup() - make the function's TEE memory private
 * @tsm: the function's context, LOCKED
 * @mmio: the result; what was validated is in there also on failure, for
 *	  pci_tsm_mmio_teardown()
 *
 * Context: Process context, under the function's lock.
 * Return:
 * * %0        - every TEE range of the report is private
 * * %-EBADMSG - the report is malformed or does not fit the BARs
 * * %-ENOMEM  - out of memory
 * * other     - error of the TSM
 */
int pci_tsm_mmio_setup(struct pci_tsm_devsec *tsm, struct pci_tsm_mmio **mmio)
{
	struct pci_tsm_mmio *m;
	struct pci_tsm_report report;
	u32 nr;
	int rc;

	rc = pci_tsm_report_parse(tsm->report, tsm->report_len, &report);
	if (rc) {
		pci_err(tsm->pdev, "interface report: malformed\n");
		return rc;
	}

	m = place_ranges(tsm->pdev, &report);
	if (IS_ERR(m))
		return PTR_ERR(m);

	nr = m->nr;
	for (u32 i = 0; i < nr; i++) {
		const struct pci_tsm_mmio_range *range = &m->range[i];

		rc = tsm_op(tsm, "mmio_validate",
			    pci_tsm_ops(tsm)->mmio_validate(tsm, range));
		if (rc) {
			pci_err(tsm->pdev, "BAR %u, %pa: not validated: %d\n",
				range->bar, &range->start, rc);
			/* A part of it may be private, if undoing failed */
			m->nr = i + 1;
			break;
		}
	}

	*mmio = m;
	return rc;
}

/**
 * pci_tsm_mmio_teardown() - make the function's private MMIO shared again
 * @tsm: the function's context
 * @mmio: what pci_tsm_mmio_setup() made; NULL when done. May point to NULL.
 *
 * Goes on after a failure; what could not be torn down is kept for another try.
 *
 * Context: Process context, under the function's lock. Nobody accesses the BARs
 * any more.
 * Return: 0, or the first error of the TSM.
 */
int pci_tsm_mmio_teardown(struct pci_tsm_devsec *tsm,
			  struct pci_tsm_mmio **mmio)
{
	struct pci_tsm_mmio *m = *mmio;
	u32 kept = 0;
	int ret = 0;

	if (!m)
		return 0;

	for (u32 i = 0; i < m->nr; i++) {
		const struct pci_tsm_mmio_range range = m->range[i];
		int rc = tsm_op(tsm, "mmio_teardown",
				pci_tsm_ops(tsm)->mmio_teardown(tsm, &range));

		if (rc) {
			pci_err(tsm->pdev, "BAR %u, %pa: still private: %d\n",
				range.bar, &range.start, rc);
			m->range[kept++] = range;
			ret = ret ?: rc;
		}
	}
	m->nr = kept;

	if (!kept) {
		kvfree(m);
		*mmio = NULL;
	}
	return ret;
}

/**
 * pci_tsm_mmio_private() - is a part of a BAR private?
 * @pdev: any PCI device
 * @bar: index of the BAR
 *
 * Context: Process context.
 * Return: true if a mapping of what is shared would miss the device.
 */
bool pci_tsm_mmio_private(struct pci_dev *pdev, int bar)
{
	struct pci_tsm_fn *fn = pdev->tsm_fn;

	if (!fn)
		return false;

	guard(mutex)(&fn->lock);
	for (u32 i = 0; fn->mmio && i < fn->mmio->nr; i++)
		if (fn->mmio->range[i].bar == bar)
			return true;

	return false;
}
