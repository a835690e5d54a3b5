// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the interface report. What is accepted is the same when it is
 * written from what was read, and its ranges are in order and apart.
 */

#include <linux/types.h>
#include <linux/unaligned.h>
#include <string.h>
#include "fuzz.h"
#include "report.h"

static int by_page(const void *a, const void *b)
{
	const struct pci_tsm_report_range *ra = a, *rb = b;

	return ra->first_page < rb->first_page ? -1 : ra->first_page > rb->first_page;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_tsm_report_range *range;
	struct pci_tsm_report report;
	uint8_t *copy;
	uint32_t n;

	if (pci_tsm_report_parse(data, size, &report)) {
		must(report.error);
		return 0;
	}
	must(!report.error);

	n = report.nr_ranges;
	must(size == 20 + (size_t)n * 16 + report.info_len);
	must(report.info + report.info_len == data + size);

	copy = malloc(size);
	range = calloc(n, sizeof(*range));
	if (!copy || (n && !range))
		abort();

	put_unaligned_le16(report.interface_info, copy);
	put_unaligned_le16(report.reserved, copy + 2);
	put_unaligned_le16(report.msix_control, copy + 4);
	put_unaligned_le16(report.lnr_control, copy + 6);
	put_unaligned_le32(report.tph_control, copy + 8);
	put_unaligned_le32(n, copy + 12);
	for (uint32_t i = 0; i < n; i++) {
		pci_tsm_report_range(&report, i, &range[i]);
		put_unaligned_le64(range[i].first_page, copy + 16 + i * 16);
		put_unaligned_le32(range[i].pages, copy + 24 + i * 16);
		put_unaligned_le16(range[i].attr, copy + 28 + i * 16);
		put_unaligned_le16(range[i].id, copy + 30 + i * 16);

		must(range[i].pages);
		must(range[i].first_page + range[i].pages <= 1ULL << 52);
		must(!i || range[i].id > range[i - 1].id ||
		     (range[i].id == range[i - 1].id &&
		      range[i].first_page > range[i - 1].first_page));
	}
	put_unaligned_le32(report.info_len, copy + 16 + n * 16);
	memcpy(copy + 20 + n * 16, report.info, report.info_len);
	must(!memcmp(copy, data, size));

	if (n)
		qsort(range, n, sizeof(*range), by_page);
	for (uint32_t i = 1; i < n; i++)
		must(range[i].first_page >= range[i - 1].first_page + range[i - 1].pages);

	free(range);
	free(copy);
	return 0;
}
