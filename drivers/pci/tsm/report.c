// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: parser of the TDISP DEVICE_INTERFACE_REPORT, PCIe r7.0,
 * sec 11.3.11. Knows bytes only: where the BARs are is place.c's business.
 *
 * The report comes from the device through a host that may have made it up, so
 * everything is checked and anything odd rejects the report as a whole.
 */

#include <linux/errno.h>
#include <linux/types.h>
#include <linux/unaligned.h>
#include "report.h"

/* Offsets in the report */
#define REPORT_INTERFACE_INFO	0
#define REPORT_RESERVED		2
#define REPORT_MSIX_CONTROL	4
#define REPORT_LNR_CONTROL	6
#define REPORT_TPH_CONTROL	8
#define REPORT_RANGE_COUNT	12
#define REPORT_RANGES		16
#define REPORT_INFO_LEN_SIZE	4
#define REPORT_MIN		(REPORT_RANGES + REPORT_INFO_LEN_SIZE)

/* Offsets in an MMIO range */
#define RANGE_FIRST_PAGE	0
#define RANGE_PAGES		8
#define RANGE_ATTR		12
#define RANGE_ID		14
#define RANGE_SIZE		16

/* The first page whose address takes more than 64 bits */
#define PAGES_END		(1ULL << (64 - TDISP_PAGE_SHIFT))

/* The ranges of one Range ID, which stand together and ascend */
struct group {
	u16 next;
	u16 end;
};

/**
 * pci_tsm_report_range() - decode one MMIO range
 * @report: a report that was parsed
 * @index: less than &pci_tsm_report.nr_ranges
 * @range: the result
 *
 * Context: Any.
 */
void pci_tsm_report_range(const struct pci_tsm_report *report, u32 index,
			  struct pci_tsm_report_range *range)
{
	const u8 *p = report->ranges + (size_t)index * RANGE_SIZE;

	range->first_page = get_unaligned_le64(p + RANGE_FIRST_PAGE);
	range->pages = get_unaligned_le32(p + RANGE_PAGES);
	range->attr = get_unaligned_le16(p + RANGE_ATTR);
	range->id = get_unaligned_le16(p + RANGE_ID);
}

static int refuse(struct pci_tsm_report *report, const char *error)
{
	report->error = error;
	return -EBADMSG;
}

/*
 * No two ranges may overlap as the device reports them, whatever BAR they are
 * in. Within a BAR they ascend, so a merge of the groups meets all of them in
 * order.
 */
static int check_overlap(struct pci_tsm_report *report, struct group *group,
			 u32 nr_groups)
{
	u64 end = 0;

	for (u32 i = 0; i < report->nr_ranges; i++) {
		struct pci_tsm_report_range range, first = {};
		struct group *from = NULL;

		for (u32 g = 0; g < nr_groups; g++) {
			if (group[g].next == group[g].end)
				continue;
			pci_tsm_report_range(report, group[g].next, &range);
			if (!from || range.first_page < first.first_page) {
				from = &group[g];
				first = range;
			}
		}

		if (first.first_page < end)
			return refuse(report, "two ranges overlap");
		end = first.first_page + first.pages;
		from->next++;
	}

	return 0;
}

/* Each range for itself, then in order: by BAR, and by address within a BAR */
static int check_ranges(struct pci_tsm_report *report)
{
	struct group group[TDISP_RANGE_IDS_MAX];
	struct pci_tsm_report_range range, prev = {};
	u32 nr_groups = 0;
	u16 msix = 0;

	for (u32 i = 0; i < report->nr_ranges; i++) {
		pci_tsm_report_range(report, i, &range);

		if (!range.pages)
			return refuse(report, "a range has no pages");
		if (range.first_page >= PAGES_END ||
		    range.pages >= PAGES_END - range.first_page)
			return refuse(report, "addresses of a range wrap");

		if (i && range.id < prev.id)
			return refuse(report, "Range IDs do not ascend");
		if (!i || range.id != prev.id) {
			if (nr_groups == TDISP_RANGE_IDS_MAX)
				return refuse(report, "too many Range IDs");
			group[nr_groups++].next = i;
		} else if (range.first_page <= prev.first_page) {
			return refuse(report, "ranges of a BAR do not ascend");
		}
		group[nr_groups - 1].end = i + 1;

		msix |= range.attr & PCI_TSM_RANGE_MSIX;
		if (range.attr & ~PCI_TSM_RANGE_ATTR_KNOWN)
			report->reserved_bits = true;
		prev = range;
	}

	/* Their copies are there for the locked table that the flags are about */
	if (!msix && report->msix_control)
		return refuse(report, "MSI-X Message Control without MSI-X ranges");
	if (!msix && report->tph_control)
		return refuse(report, "TPH Control without MSI-X ranges");

	return check_overlap(report, group, nr_groups);
}

/**
 * pci_tsm_report_parse() - check and decode an interface report
 * @buf: the report in private memory, authenticated by the TSM
 * @len: its size in bytes
 * @report: the result, refers to @buf; after a failure only
 *	    &pci_tsm_report.error is valid
 *
 * Context: Any. Takes time in proportion to @len.
 * Return: 0, or -EBADMSG if the report is malformed.
 */
int pci_tsm_report_parse(const void *buf, size_t len,
			 struct pci_tsm_report *report)
{
	const u8 *p = buf;
	size_t ranges_len;
	u32 n;

	*report = (struct pci_tsm_report) {};

	if (!p || len < REPORT_MIN || len > TDISP_REPORT_MAX)
		return refuse(report, "impossible size");

	n = get_unaligned_le32(p + REPORT_RANGE_COUNT);
	if (n > (len - REPORT_MIN) / RANGE_SIZE)
		return refuse(report, "more ranges than there is room for");
	ranges_len = (size_t)n * RANGE_SIZE;

	report->interface_info = get_unaligned_le16(p + REPORT_INTERFACE_INFO);
	report->reserved = get_unaligned_le16(p + REPORT_RESERVED);
	report->msix_control = get_unaligned_le16(p + REPORT_MSIX_CONTROL);
	report->lnr_control = get_unaligned_le16(p + REPORT_LNR_CONTROL);
	report->tph_control = get_unaligned_le32(p + REPORT_TPH_CONTROL);
	report->nr_ranges = n;
	report->ranges = p + REPORT_RANGES;
	report->info_len = get_unaligned_le32(p + REPORT_RANGES + ranges_len);
	report->info = p + REPORT_MIN + ranges_len;
	report->reserved_bits = report->reserved ||
		report->interface_info & ~PCI_TSM_REPORT_INFO_KNOWN;

	if (report->info_len != len - REPORT_MIN - ranges_len)
		return refuse(report, "size does not match the contents");

	return check_ranges(report);
}
