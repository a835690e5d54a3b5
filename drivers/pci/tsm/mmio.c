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

#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/overflow.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include "../pci.h"
#include "ops.h"
#include "place.h"
#include "tsm.h"

/* PCIe r6.0, sec 7.9.14; not in pci_regs.h */
#define EXT_CAP_ID_LNR	0x1c

static_assert(TDISP_PAGE_SHIFT == PCI_TSM_PAGE_SHIFT);
static_assert(TDISP_REPORT_MAX == PCI_TSM_REPORT_MAX);
static_assert(PCI_TSM_NR_BARS == PCI_STD_NUM_BARS);

enum pci_tsm_reserved pci_tsm_report_reserved;

static int refuse_report(struct pci_dev *pdev, const char *why)
{
	pci_err(pdev, "interface report refused: %s\n", why);
	return -EBADMSG;
}

/* The pages of an MSI-X structure; false if they are in no BAR */
static bool msix_pages(struct pci_dev *pdev, int reg, u32 size,
		       struct pci_tsm_pages *pages)
{
	u64 offset;
	u32 val;

	pci_read_config_dword(pdev, pdev->msix_cap + reg, &val);
	offset = val & PCI_MSIX_TABLE_OFFSET;
	pages->bar = val & PCI_MSIX_TABLE_BIR;
	pages->start = ALIGN_DOWN(offset, PCI_TSM_PAGE_SIZE);
	pages->end = ALIGN(offset + size, PCI_TSM_PAGE_SIZE);

	return pages->bar < PCI_TSM_NR_BARS;
}

static int find_msix(struct pci_dev *pdev, struct pci_tsm_layout *layout)
{
	u32 n;

	layout->msix = pdev->msix_cap;
	if (!layout->msix)
		return 0;

	pci_read_config_word(pdev, pdev->msix_cap + PCI_MSIX_FLAGS,
			     &layout->msix_control);
	n = (layout->msix_control & PCI_MSIX_FLAGS_QSIZE) + 1;
	if (!msix_pages(pdev, PCI_MSIX_TABLE, n * PCI_MSIX_ENTRY_SIZE,
			&layout->table) ||
	    !msix_pages(pdev, PCI_MSIX_PBA, DIV_ROUND_UP(n, 64) * sizeof(u64),
			&layout->pba))
		return refuse_report(pdev, "MSI-X table or PBA of the function are in no BAR");

	return 0;
}

/**
 * pci_tsm_bar_size() - size of a memory BAR
 * @pdev: the function
 * @bar: index of the BAR, 0 to 5
 *
 * Context: Any.
 * Return: the size in bytes, 0 if there is no such memory BAR in use.
 */
u64 pci_tsm_bar_size(struct pci_dev *pdev, int bar)
{
	struct resource *res = pci_resource_n(pdev, bar);

	if (!(res->flags & IORESOURCE_MEM) ||
	    res->flags & (IORESOURCE_UNSET | IORESOURCE_DISABLED))
		return 0;

	return resource_size(res);
}

static int find_layout(struct pci_tsm_devsec *tsm, bool msix_unlocked,
		       struct pci_tsm_layout *layout)
{
	struct pci_dev *pdev = tsm->pdev;

	*layout = (struct pci_tsm_layout) {
		.lnr = pci_find_ext_capability(pdev, EXT_CAP_ID_LNR),
		.msix_unlocked = msix_unlocked,
		.offset = pci_tsm_ops(tsm)->mmio_offset,
	};

	for (int i = 0; i < PCI_TSM_NR_BARS; i++) {
		layout->bar[i].size = pci_tsm_bar_size(pdev, i);
		if (layout->bar[i].size)
			layout->bar[i].start = pci_resource_start(pdev, i);
	}

	return find_msix(pdev, layout);
}

/* The TEE ranges of the report, placed in the BARs */
static struct pci_tsm_mmio *place_ranges(struct pci_tsm_devsec *tsm,
					 const struct pci_tsm_report *report,
					 bool msix_unlocked)
{
	struct pci_tsm_report_range range;
	struct pci_tsm_layout layout;
	struct pci_tsm_misfit misfit;
	u32 nr;
	int rc;

	rc = find_layout(tsm, msix_unlocked, &layout);
	if (rc)
		return ERR_PTR(rc);

	struct pci_tsm_mmio *mmio __free(kvfree) =
		kvzalloc(struct_size(mmio, range, report->nr_ranges), GFP_KERNEL);
	if (!mmio)
		return ERR_PTR(-ENOMEM);
	mmio->nr = report->nr_ranges;

	rc = pci_tsm_place(&layout, report, mmio->range, &nr, &misfit);
	if (rc && misfit.range != PCI_TSM_NO_RANGE) {
		pci_tsm_report_range(report, misfit.range, &range);
		pci_err(tsm->pdev,
			"interface report refused: range %u (ID %u, %u pages, %#x) %s\n",
			misfit.range, range.id, range.pages, range.attr,
			misfit.why);
		return ERR_PTR(rc);
	}
	if (rc)
		return ERR_PTR(refuse_report(tsm->pdev, misfit.why));

	mmio->nr = nr;
	return no_free_ptr(mmio);
}

/**
 * pci_tsm_mmio_setup() - make the function's TEE memory private
 * @tsm: the function's context, LOCKED
 * @report: its interface report
 * @msix_unlocked: the TSM did not lock the MSI-X table, as far as is known
 * @mmio: the result; what was validated is in there also on failure, for
 *	  pci_tsm_mmio_teardown()
 *
 * Context: Process context, under the function's lock.
 * Return:
 * * %0        - every TEE range of the report is private
 * * %-EBADMSG - the report does not fit the function
 * * %-ENOMEM  - out of memory
 * * other     - error of the TSM
 */
int pci_tsm_mmio_setup(struct pci_tsm_devsec *tsm,
		       const struct pci_tsm_report *report, bool msix_unlocked,
		       struct pci_tsm_mmio **mmio)
{
	struct pci_tsm_mmio *m;
	int rc = 0;
	u32 nr;

	if (report->reserved_bits &&
	    pci_tsm_report_reserved == PCI_TSM_RESERVED_REJECT)
		return refuse_report(tsm->pdev,
				     "reserved bits are set, see pci_tsm.report_reserved=");

	m = place_ranges(tsm, report, msix_unlocked);
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
 * pci_tsm_mmio_reclaim() - make MMIO shared again that somebody else made private
 * @tsm: the function's context
 *
 * A kernel before this one may have left it. A TSM may not unlock a function that has
 * private MMIO.
 *
 * Context: Process context, under the function's lock. Nobody accesses the BARs.
 * Return: 0, or the first error of the TSM.
 */
int pci_tsm_mmio_reclaim(struct pci_tsm_devsec *tsm)
{
	int ret = 0;

	for (int bar = 0; bar < PCI_TSM_NR_BARS; bar++) {
		struct pci_tsm_mmio_range range = {
			.size = pci_tsm_bar_size(tsm->pdev, bar),
			.bar = bar,
		};
		int rc;

		if (range.size < PCI_TSM_PAGE_SIZE)
			continue;
		range.start = pci_resource_start(tsm->pdev, bar);
		rc = tsm_op(tsm, "mmio_teardown",
			    pci_tsm_ops(tsm)->mmio_teardown(tsm, &range));
		if (rc)
			pci_err(tsm->pdev, "BAR %u, %pa: still private: %d\n", bar,
				&range.start, rc);
		ret = ret ?: rc;
	}

	return ret;
}

/**
 * pci_tsm_mmio_same() - are the ranges of a report where others were?
 * @tsm: the function's context
 * @report: its interface report
 * @msix_unlocked: the TSM did not lock the MSI-X table, as far as is known
 * @mmio: the others, or NULL for none
 *
 * Context: Process context, under the function's lock.
 * Return: true if @report gives ranges at the same addresses as @mmio.
 */
bool pci_tsm_mmio_same(struct pci_tsm_devsec *tsm,
		       const struct pci_tsm_report *report, bool msix_unlocked,
		       const struct pci_tsm_mmio *mmio)
{
	struct pci_tsm_mmio *now = place_ranges(tsm, report, msix_unlocked);
	bool same;

	if (IS_ERR(now))
		return false;

	same = now->nr == (mmio ? mmio->nr : 0);
	for (u32 i = 0; same && i < now->nr; i++)
		same = now->range[i].bar == mmio->range[i].bar &&
		       now->range[i].range_id == mmio->range[i].range_id &&
		       now->range[i].start == mmio->range[i].start &&
		       now->range[i].size == mmio->range[i].size;

	kvfree(now);
	return same;
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

/**
 * pci_tsm_mmio_has_msix() - is the MSI-X table of a function private?
 * @tsm: context of the function
 * @mmio: its private ranges, or NULL
 *
 * Context: Process context.
 * Return: true if so, as far as its configuration space tells where the table is.
 */
bool pci_tsm_mmio_has_msix(struct pci_tsm_devsec *tsm,
			   const struct pci_tsm_mmio *mmio)
{
	struct pci_dev *pdev = tsm->pdev;
	u32 reg, bir;
	u64 table;

	if (!mmio || !pdev->msix_cap)
		return false;

	pci_read_config_dword(pdev, pdev->msix_cap + PCI_MSIX_TABLE, &reg);
	bir = reg & PCI_MSIX_TABLE_BIR;
	if (bir >= PCI_STD_NUM_BARS)
		return false;

	table = pci_resource_start(pdev, bir) + (reg & PCI_MSIX_TABLE_OFFSET);
	for (u32 i = 0; i < mmio->nr; i++)
		if (table - mmio->range[i].start < mmio->range[i].size)
			return true;
	return false;
}
