// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: find the memory of a TDI from its BARs
 */
#include "vdev.h"

#define BAR_IO			BIT(0)
#define BAR_TYPE_64		BIT(2)
#define BAR_FLAGS		0xfULL

#define MSIX_CONTROL		0x00	/* upper half of the first dword */
#define MSIX_TABLE		0x04
#define MSIX_PBA		0x08
#define MSIX_ENTRY_SIZE		16
#define MSIX_BIR		0x7ULL

/* Pages of one BAR that are not TEE memory, because LOCK_MSIX is not in force */
struct hole {
	u64 start;
	u64 end;
};

static struct hole msix_hole(u64 bar_pa, unsigned int bar, u32 reg, u32 size)
{
	struct hole hole = { };

	if ((reg & MSIX_BIR) == bar) {
		u64 start = bar_pa + (reg & ~MSIX_BIR);

		hole.start = ALIGN_DOWN(start, PAGE_SIZE);
		hole.end = ALIGN_DOWN(start + size + PAGE_SIZE - 1, PAGE_SIZE);
	}
	return hole;
}

static bool add_range(struct vdev *v, u64 start, u64 end, unsigned int bar)
{
	if (start >= end)
		return true;
	if (v->nr_ranges == MAX_TEE_RANGES)
		return false;
	v->range[v->nr_ranges++] = (struct tee_range) {
		.pa = start,
		.pages = (end - start) >> PAGE_SHIFT,
		.bar = bar,
	};
	return true;
}

/* The parts of a BAR around the two holes, which may overlap */
static bool add_bar(struct vdev *v, u64 pa, u64 size, unsigned int bar)
{
	struct hole table = { }, pba = { };
	struct hole first, second;

	if (v->config.msix) {
		unsigned int cap = v->config.msix;
		u32 entries = (config_get(v, cap + MSIX_CONTROL) >> 16 & 0x7ff) + 1;

		table = msix_hole(pa, bar, config_get(v, cap + MSIX_TABLE),
				  entries * MSIX_ENTRY_SIZE);
		pba = msix_hole(pa, bar, config_get(v, cap + MSIX_PBA),
				(entries + 63) / 64 * 8);
	}
	first = table.start <= pba.start ? table : pba;
	second = table.start <= pba.start ? pba : table;

	if (!first.end)
		first = (struct hole) { pa, pa };
	if (!second.end || second.end < first.end)
		second.end = first.end;
	if (second.start < first.end)
		second.start = first.end;

	return add_range(v, pa, first.start, bar) &&
	       add_range(v, first.end, min(second.start, pa + size), bar) &&
	       add_range(v, second.end, pa + size, bar);
}

/**
 * bar_probe - fill in the TEE ranges of a TDI
 * @v: the TDI, UNLOCKED
 *
 * Sizes the BARs in the usual way, with decoding off meanwhile. Memory BARs
 * smaller than a page hold no TEE memory.
 *
 * Context: monitor lock held.
 * Return: false if a BAR is not where memory of a PCI function can be
 */
bool bar_probe(struct vdev *v)
{
	u32 command = config_get(v, PCI_COMMAND) & 0xffff;
	bool ok = true;

	v->nr_ranges = 0;
	config_put(v, PCI_COMMAND,
		   command & ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
	for (unsigned int n = 0; n < PCI_BAR_COUNT; n++) {
		unsigned int reg = PCI_BASE_ADDRESS(n), bar = n;
		u64 old = config_get(v, reg), size;

		config_put(v, reg, ~0U);
		size = config_get(v, reg);
		config_put(v, reg, old);
		if (!size || old & BAR_IO)
			continue;

		if (old & BAR_TYPE_64 && n + 1 < PCI_BAR_COUNT) {
			u32 high = config_get(v, reg + 4);

			config_put(v, reg + 4, ~0U);
			size |= (u64)config_get(v, reg + 4) << 32;
			config_put(v, reg + 4, high);
			old |= (u64)high << 32;
			n++;
		} else {
			size |= ~0ULL << 32;
		}

		size = ~(size & ~BAR_FLAGS) + 1;
		old &= ~BAR_FLAGS;
		if (size < PAGE_SIZE)
			continue;
		if (old < PCI_MEM_BASE || old >= PCI_MEM_END ||
		    size > PCI_MEM_END - old || !add_bar(v, old, size, bar)) {
			mon_log("%04x: BAR %u at 0x%llx is unusable", v->rid,
				bar, old);
			ok = false;
		}
	}
	config_put(v, PCI_COMMAND, command);
	if (!ok)
		v->nr_ranges = 0;
	return ok;
}
