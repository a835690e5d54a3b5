// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: placing the ranges of a report in the BARs of a function. The
 * input begins with the function, see struct shape; the report follows.
 *
 * What becomes private is inside of a BAR, apart from all else that does, and
 * takes the MSI-X table and PBA all or not at all.
 */

#include <stdbool.h>
#include <string.h>
#include "fuzz.h"
#include "place.h"
#include "shape.h"

static int by_start(const void *a, const void *b)
{
	const struct pci_tsm_mmio_range *ra = a, *rb = b;

	return ra->start < rb->start ? -1 : ra->start > rb->start;
}

/* Bytes of an MSI-X structure that are private */
static uint64_t covered(const struct pci_tsm_layout *layout,
			const struct pci_tsm_pages *pages,
			const struct pci_tsm_mmio_range *range, uint32_t nr)
{
	uint64_t start = layout->bar[pages->bar].start + pages->start;
	uint64_t end = layout->bar[pages->bar].start + pages->end;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < nr; i++) {
		uint64_t from = range[i].start, to = from + range[i].size;

		if (range[i].bar != pages->bar)
			continue;
		from = from > start ? from : start;
		to = to < end ? to : end;
		sum += to > from ? to - from : 0;
	}
	return sum;
}

static void check(const struct pci_tsm_layout *layout,
		  struct pci_tsm_mmio_range *range, uint32_t nr)
{
	uint64_t table, pba;
	bool bars = false;

	for (uint32_t i = 0; i < PCI_TSM_NR_BARS; i++)
		bars |= layout->bar[i].size;
	must(nr || !bars);

	for (uint32_t i = 0; i < nr; i++) {
		const struct pci_tsm_bar *bar = &layout->bar[range[i].bar];

		must(range[i].bar < PCI_TSM_NR_BARS && range[i].bar == range[i].range_id);
		must(range[i].size && range[i].size <= bar->size);
		must(range[i].start >= bar->start);
		must(range[i].start - bar->start <= bar->size - range[i].size);
		must(!((range[i].start | range[i].size | range[i].reported) & 0xfff));
	}

	if (nr)
		qsort(range, nr, sizeof(*range), by_start);
	for (uint32_t i = 1; i < nr; i++)
		must(range[i].start >= range[i - 1].start + range[i - 1].size);

	if (!layout->msix)
		return;
	table = covered(layout, &layout->table, range, nr);
	pba = covered(layout, &layout->pba, range, nr);
	must(!table || table == layout->table.end - layout->table.start);
	must(!pba || pba == layout->pba.end - layout->pba.start);
	must(!table == !pba);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_tsm_mmio_range *range;
	struct pci_tsm_misfit misfit = {};
	struct pci_tsm_report report;
	struct pci_tsm_layout layout;
	struct shape shape;
	uint32_t nr;

	if (size < sizeof(shape))
		return 0;
	memcpy(&shape, data, sizeof(shape));
	if (pci_tsm_report_parse(data + sizeof(shape), size - sizeof(shape), &report))
		return 0;

	shape_layout(&shape, &layout);
	range = calloc(report.nr_ranges, sizeof(*range));
	if (report.nr_ranges && !range)
		abort();
	if (pci_tsm_place(&layout, &report, range, &nr, &misfit))
		must(!nr && misfit.why && (misfit.range < report.nr_ranges ||
					   misfit.range == PCI_TSM_NO_RANGE));
	else
		check(&layout, range, nr);

	free(range);
	return 0;
}
