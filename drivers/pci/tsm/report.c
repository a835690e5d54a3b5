// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: parser of the TDISP DEVICE_INTERFACE_REPORT, PCIe r7.0,
 * sec 11.3.11. Knows bytes only: where the BARs are is mmio.c's business.
 *
 * The report comes from the device through a host that may have made it up, so
 * everything is checked and anything odd rejects the report as a whole.
 */

#include <linux/errno.h>
#include <linux/overflow.h>
#include <linux/unaligned.h>
#include "tsm.h"

/* Offsets in the report */
#define REPORT_INTERFACE_INFO	0
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

/**
 * pci_tsm_report_range() - decode one MMIO range
 * @report: a report that was parsed
 * @index: less than &pci_tsm_report.nr_ranges
 * @range: the result
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

/* Ascending by BAR, and by address within a BAR, and nothing twice */
static int check_ranges(const struct pci_tsm_report *report)
{
	struct pci_tsm_report_range range, prev = {};
	u64 end, prev_end = 0;

	for (u32 i = 0; i < report->nr_ranges; i++) {
		pci_tsm_report_range(report, i, &range);

		if (!range.pages ||
		    check_add_overflow(range.first_page, range.pages, &end) ||
		    end > U64_MAX >> PCI_TSM_PAGE_SHIFT)
			return -EBADMSG;

		if (i && (range.id < prev.id ||
			  (range.id == prev.id && range.first_page < prev_end)))
			return -EBADMSG;

		prev = range;
		prev_end = end;
	}

	return 0;
}

/**
 * pci_tsm_report_parse() - check and decode an interface report
 * @buf: the report in private memory, authenticated by the TSM
 * @len: its size in bytes
 * @report: the result, refers to @buf
 *
 * Return: 0, or -EBADMSG if the report is malformed.
 */
int pci_tsm_report_parse(const void *buf, size_t len,
			 struct pci_tsm_report *report)
{
	const u8 *p = buf;
	size_t ranges_len;
	u32 n;

	if (!p || len < REPORT_MIN || len > PCI_TSM_REPORT_MAX)
		return -EBADMSG;

	n = get_unaligned_le32(p + REPORT_RANGE_COUNT);
	if (n > (len - REPORT_MIN) / RANGE_SIZE)
		return -EBADMSG;
	ranges_len = (size_t)n * RANGE_SIZE;

	*report = (struct pci_tsm_report) {
		.interface_info = get_unaligned_le16(p + REPORT_INTERFACE_INFO),
		.msix_control = get_unaligned_le16(p + REPORT_MSIX_CONTROL),
		.lnr_control = get_unaligned_le16(p + REPORT_LNR_CONTROL),
		.tph_control = get_unaligned_le32(p + REPORT_TPH_CONTROL),
		.nr_ranges = n,
		.ranges = p + REPORT_RANGES,
		.info_len = get_unaligned_le32(p + REPORT_RANGES + ranges_len),
		.info = p + REPORT_MIN + ranges_len,
	};

	if (report->info_len != len - REPORT_MIN - ranges_len)
		return -EBADMSG;

	return check_ranges(report);
}
