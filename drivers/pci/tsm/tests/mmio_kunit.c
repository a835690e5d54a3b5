// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of placing reported ranges in BARs and making them private */

#include <kunit/test.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/unaligned.h>
#include "../../pci.h"
#include "../place.h"
#include "fake.h"

#define MAX_RANGES	8

/* As report.c reads them, so that tests of placing need no bytes */
struct place_case {
	const char *name;
	struct pci_tsm_layout layout;
	u16 msix_control;
	u16 lnr_control;
	struct pci_tsm_report_range range[MAX_RANGES];
	u16 info;
	const char *why;
	u32 bad_range;
	u32 nr;
	struct {
		u64 start;
		u8 bar;
	} at[MAX_RANGES];
};

#define WHOLE		.bad_range = PCI_TSM_NO_RANGE, .why
#define TABLE		PCI_TSM_RANGE_MSIX_TABLE
#define PBA		PCI_TSM_RANGE_MSIX_PBA
#define NON_TEE		PCI_TSM_RANGE_NON_TEE_MEM

#define BAR_16K		.bar[0] = { 0x10004000, SZ_16K }
#define BAR_64K		.bar[2] = { 0x10010000, SZ_64K }
#define BAR_8G		.bar[4] = { 0x8000000000ULL, 8 * (u64)SZ_1G }
#define RELATIVE	.offset = PCI_TSM_OFFSET_RELATIVE

/* Table in the third page of BAR 0, PBA in the fourth */
#define MSIX		.msix = true, .msix_control = 0x8003, \
			.table = { 0, 0x2000, 0x3000 }, .pba = { 0, 0x3000, 0x4000 }
#define MSIX_ONE_PAGE	.msix = true, .msix_control = 0x8003, \
			.table = { 0, 0x2000, 0x3000 }, .pba = { 0, 0x2000, 0x3000 }
#define MSIX_TWO_BARS	.msix = true, .msix_control = 0x8003, \
			.table = { 2, 0x0, 0x4000 }, .pba = { 0, 0x3000, 0x4000 }

static const struct place_case place_cases[] = {
	/* One range */
	{ "whole BAR", { BAR_16K }, .range = { { 0x80, 4 } },
	  .nr = 1, .at = { { 0x10004000 } } },
	{ "first page", { BAR_16K }, .range = { { 0x80, 1 } },
	  .nr = 1, .at = { { 0x10004000 } } },
	{ "last page", { BAR_16K }, .range = { { 0x83, 1 } },
	  .nr = 1, .at = { { 0x10007000 } } },
	{ "high reporting offset", { BAR_16K }, .range = { { 0xfffffffffff81ULL, 1 } },
	  .nr = 1, .at = { { 0x10005000 } } },
	{ "one page too long", { BAR_16K }, .range = { { 0x80, 5 } },
	  .why = "exceeds its BAR" },
	{ "over the end", { BAR_16K }, .range = { { 0x83, 2 } },
	  .why = "exceeds its BAR" },
	{ "as large as can be", { BAR_16K }, .range = { { 0x80, U32_MAX } },
	  .why = "exceeds its BAR" },
	{ "attributes can be changed", { BAR_16K },
	  .range = { { 0x80, 4, PCI_TSM_RANGE_ATTR_UPDATABLE } },
	  .nr = 1, .at = { { 0x10004000 } } },

	/* Several of a BAR */
	{ "two ranges with a gap", { BAR_16K }, .range = { { 0x80, 1 }, { 0x82, 2 } },
	  .nr = 2, .at = { { 0x10004000 }, { 0x10006000 } } },
	{ "range in the next BAR's place", { BAR_16K }, .range = { { 0x80, 1 }, { 0x84, 1 } },
	  .bad_range = 1, .why = "is not in one BAR with the range before" },
	{ "range far away", { BAR_16K },
	  .range = { { 0x80, 1 }, { 0x8000000000081ULL, 1 } },
	  .bad_range = 1, .why = "is not in one BAR with the range before" },
	{ "shared range far away", { BAR_16K },
	  .range = { { 0x80, 1 }, { 0x84, 1, NON_TEE } },
	  .bad_range = 1, .why = "is not in one BAR with the range before" },

	/* Relative to the first range of the BAR */
	{ "relative: whole BAR", { BAR_16K, RELATIVE }, .range = { { 0x83, 4 } },
	  .nr = 1, .at = { { 0x10004000 } } },
	{ "relative: two ranges with a gap", { BAR_16K, RELATIVE },
	  .range = { { 0x83, 1 }, { 0x85, 2 } },
	  .nr = 2, .at = { { 0x10004000 }, { 0x10006000 } } },
	{ "relative: to a shared range", { BAR_16K, RELATIVE },
	  .range = { { 0x83, 2, NON_TEE }, { 0x85, 2 } },
	  .nr = 1, .at = { { 0x10006000 } } },
	{ "relative: each BAR for itself", { BAR_16K, BAR_64K, RELATIVE },
	  .range = { { 0x83, 1 }, { 0x86, 1 }, { 0x01, 1, 0, 2 }, { 0x10, 1, 0, 2 } },
	  .nr = 4, .at = { { 0x10004000, 0 }, { 0x10007000, 0 }, { 0x10010000, 2 },
			   { 0x1001f000, 2 } } },
	{ "relative: one page too long", { BAR_16K, RELATIVE },
	  .range = { { 0x83, 1 }, { 0x85, 3 } },
	  .bad_range = 1, .why = "exceeds its BAR" },
	{ "relative: behind the end", { BAR_16K, RELATIVE },
	  .range = { { 0x83, 1 }, { 0x87, 1 } },
	  .bad_range = 1, .why = "exceeds its BAR" },
	{ "relative: far behind the end", { BAR_16K, RELATIVE },
	  .range = { { 0, 1 }, { 0xffffffffffffeULL, 1 } },
	  .bad_range = 1, .why = "exceeds its BAR" },
	{ "relative: BAR that is no power of two",
	  { .bar[0] = { 0x10004000, SZ_16K + SZ_4K }, RELATIVE }, .range = { { 0x80, 5 } },
	  .nr = 1, .at = { { 0x10004000 } } },

	/* BARs */
	{ "64-bit BAR of 8 GiB", { BAR_8G },
	  .range = { { 0x400000, 1, 0, 4 }, { 0x5fffff, 1, 0, 4 } },
	  .nr = 2, .at = { { 0x8000000000ULL, 4 }, { 0x81fffff000ULL, 4 } } },
	{ "all of a 64-bit BAR of 8 GiB", { BAR_8G }, .range = { { 0x400000, 0x200000, 0, 4 } },
	  .nr = 1, .at = { { 0x8000000000ULL, 4 } } },
	{ "more than a 64-bit BAR of 8 GiB", { BAR_8G },
	  .range = { { 0x400000, 0x200001, 0, 4 } }, .why = "exceeds its BAR" },
	{ "no such BAR", { BAR_16K }, .range = { { 0x80, 1, 0, 1 } },
	  .why = "is in a BAR that the function does not have" },
	{ "no such BAR, shared", { BAR_16K }, .range = { { 0x80, 1 }, { 0x90, 1, NON_TEE, 1 } },
	  .bad_range = 1, .why = "is in a BAR that the function does not have" },
	{ "the expansion ROM", { BAR_16K }, .range = { { 0x80, 1, 0, 6 } },
	  .why = "is in no BAR" },
	{ "a grouping of the device's own", { BAR_16K }, .range = { { 0x80, 1, 0, 0xffff } },
	  .why = "is in no BAR" },
	{ "shared, in a grouping of the device's own", { BAR_16K },
	  .range = { { 0x80, 1 }, { 0x90, 1, NON_TEE, 8 } },
	  .nr = 1, .at = { { 0x10004000 } } },
	{ "BAR smaller than a TDISP page", { .bar[0] = { 0x10004000, SZ_1K } },
	  .range = { { 0x80, 1 } }, .why = "is in a BAR that does not consist of 4 KiB pages" },
	{ "BAR smaller than a TDISP page, shared",
	  { .bar[0] = { 0x10004400, SZ_1K }, BAR_64K },
	  .range = { { 0x81, 1, NON_TEE }, { 0x10, 1, 0, 2 } },
	  .nr = 1, .at = { { 0x10010000, 2 } } },
	{ "BAR smaller than a TDISP page, two pages of it",
	  { .bar[0] = { 0x10004400, SZ_1K }, BAR_64K },
	  .range = { { 0x81, 2, NON_TEE }, { 0x10, 1, 0, 2 } }, .why = "exceeds its BAR" },
	{ "BAR that is no power of two", { .bar[0] = { 0x10004000, SZ_16K + SZ_4K } },
	  .range = { { 0x80, 1 } }, .why = "is in a BAR that is no power of two" },
	{ "BAR that is not page aligned", { .bar[0] = { 0x10004800, SZ_16K } },
	  .range = { { 0x80, 1 } }, .why = "is in a BAR that does not consist of 4 KiB pages" },
	{ "BARs at the same address", { BAR_16K, .bar[1] = { 0x10004000, SZ_16K } },
	  .range = { { 0x80, 1 } }, WHOLE = "BARs of the function overlap" },
	{ "BAR inside of another", { BAR_64K, .bar[5] = { 0x1001f000, SZ_4K } },
	  .range = { { 0x80, 1, 0, 2 }, { 0x90, 1, 0, 5 } },
	  WHOLE = "BARs of the function overlap" },
	{ "BARs side by side", { BAR_16K, .bar[1] = { 0x10008000, SZ_16K } },
	  .range = { { 0x80, 4 }, { 0x84, 4, 0, 1 } },
	  .nr = 2, .at = { { 0x10004000, 0 }, { 0x10008000, 1 } } },

	/* TEE memory or not */
	{ "no ranges", { BAR_16K }, WHOLE = "no TEE memory" },
	{ "no ranges, no BARs", {}, },
	{ "nothing but NON_TEE_MEM", { BAR_16K }, .range = { { 0x80, 4, NON_TEE } },
	  WHOLE = "no TEE memory" },
	{ "NON_TEE_MEM beside", { BAR_16K }, .range = { { 0x80, 2 }, { 0x82, 2, NON_TEE } },
	  .nr = 1, .at = { { 0x10004000 } } },
	{ "NON_TEE_MEM exceeds the BAR", { BAR_16K },
	  .range = { { 0x80, 2 }, { 0x82, 3, NON_TEE } },
	  .bad_range = 1, .why = "exceeds its BAR" },

	/* MSI-X that is not locked */
	{ "beside the MSI-X table", { BAR_16K, MSIX }, .range = { { 0x80, 2 } },
	  .nr = 1, .at = { { 0x10004000 } } },
	{ "into the MSI-X table", { BAR_16K, MSIX }, .range = { { 0x81, 2 } },
	  .why = "takes the MSI-X table or PBA without saying so" },
	{ "the PBA", { BAR_16K, MSIX }, .range = { { 0x83, 1 } },
	  .why = "takes the MSI-X table or PBA without saying so" },
	{ "all of the BAR", { BAR_16K, MSIX }, .range = { { 0x80, 4 } },
	  .why = "takes the MSI-X table or PBA without saying so" },
	{ "the MSI-X table, shared", { BAR_16K, MSIX },
	  .range = { { 0x80, 2 }, { 0x82, 2, NON_TEE } },
	  .nr = 1, .at = { { 0x10004000 } } },
	{ "the same pages of another BAR", { BAR_16K, BAR_64K, MSIX },
	  .range = { { 0x12, 2, 0, 2 } }, .nr = 1, .at = { { 0x10012000, 2 } } },

	/* MSI-X that is locked */
	{ "table and PBA", { BAR_16K, MSIX }, 0x8003,
	  .range = { { 0x80, 2 }, { 0x82, 1, TABLE }, { 0x83, 1, PBA } },
	  .nr = 3, .at = { { 0x10004000 }, { 0x10006000 }, { 0x10007000 } } },
	{ "table and PBA in one page", { BAR_16K, MSIX_ONE_PAGE }, 0x8003,
	  .range = { { 0x82, 1, TABLE | PBA } }, .nr = 1, .at = { { 0x10006000 } } },
	{ "table in two ranges, in another BAR", { BAR_16K, BAR_64K, MSIX_TWO_BARS }, 0x8003,
	  .range = { { 0x83, 1, PBA }, { 0x90, 1, TABLE, 2 }, { 0x91, 3, TABLE, 2 } },
	  .nr = 3, .at = { { 0x10007000, 0 }, { 0x10010000, 2 }, { 0x10011000, 2 } } },
	{ "table without PBA", { BAR_16K, MSIX }, 0x8003, .range = { { 0x82, 1, TABLE } },
	  WHOLE = "only a part of MSI-X table and PBA is listed" },
	{ "PBA without table", { BAR_16K, MSIX }, 0x8003, .range = { { 0x83, 1, PBA } },
	  WHOLE = "only a part of MSI-X table and PBA is listed" },
	{ "a part of the table", { BAR_16K, BAR_64K, MSIX_TWO_BARS }, 0x8003,
	  .range = { { 0x83, 1, PBA }, { 0x90, 1, TABLE, 2 }, { 0x92, 2, TABLE, 2 } },
	  WHOLE = "only a part of MSI-X table and PBA is listed" },
	{ "more than the table", { BAR_16K, MSIX }, 0x8003,
	  .range = { { 0x81, 2, TABLE }, { 0x83, 1, PBA } },
	  .why = "is not where the MSI-X table is" },
	{ "table and PBA swapped", { BAR_16K, MSIX }, 0x8003,
	  .range = { { 0x82, 1, PBA }, { 0x83, 1, TABLE } },
	  .why = "is not where the MSI-X PBA is" },
	{ "PBA also said to be table", { BAR_16K, MSIX }, 0x8003,
	  .range = { { 0x82, 1, TABLE }, { 0x83, 1, TABLE | PBA } },
	  .bad_range = 1, .why = "is not where the MSI-X table is" },
	{ "table in another BAR", { BAR_16K, BAR_64K, MSIX }, 0x8003,
	  .range = { { 0x12, 1, TABLE, 2 } }, .why = "is not where the MSI-X table is" },
	{ "table in no BAR", { BAR_16K, MSIX }, 0x8003,
	  .range = { { 0x80, 2 }, { 0x182, 1, TABLE | NON_TEE, 8 } },
	  .bad_range = 1, .why = "is in no BAR" },
	{ "table that is shared", { BAR_16K, MSIX }, 0x8003,
	  .range = { { 0x82, 1, TABLE | NON_TEE } }, .why = "is for MSI-X but no TEE memory" },
	{ "MSI-X of a function without", { BAR_16K }, 0x8003,
	  .range = { { 0x82, 1, TABLE } },
	  .why = "is for MSI-X, which the function does not have" },
	{ "MSI-X is disabled in the report", { BAR_16K, MSIX }, 0x0003,
	  .range = { { 0x82, 1, TABLE }, { 0x83, 1, PBA } },
	  WHOLE = "MSI-X Message Control is not that of the function" },
	{ "MSI-X table of another size", { BAR_16K, MSIX }, 0x8004,
	  .range = { { 0x82, 1, TABLE }, { 0x83, 1, PBA } },
	  WHOLE = "MSI-X Message Control is not that of the function" },

	{ "MSI-X that was not locked", { BAR_16K, MSIX, .msix_unlocked = true }, 0x8003,
	  .range = { { 0x82, 1, TABLE }, { 0x83, 1, PBA } },
	  .why = "is for MSI-X, which was not locked" },
	{ "MSI-X not locked, not listed", { BAR_16K, MSIX, .msix_unlocked = true },
	  .range = { { 0x80, 2 } }, .nr = 1, .at = { { 0x10004000 } } },

	/* INTERFACE_INFO */
	{ "DMA without PASID", { BAR_16K }, .range = { { 0x80, 1 } },
	  .info = PCI_TSM_REPORT_DMA_WITHOUT_PASID, .nr = 1, .at = { { 0x10004000 } } },
	{ "ATS", { BAR_16K }, .range = { { 0x80, 1 } }, .info = PCI_TSM_REPORT_ATS,
	  WHOLE = "ATS or PRS is enabled" },
	{ "PRS", { BAR_16K }, .range = { { 0x80, 1 } }, .info = PCI_TSM_REPORT_PRS,
	  WHOLE = "ATS or PRS is enabled" },

	/* LN Requester */
	{ "LNR", { BAR_16K, .lnr = true }, 0, 1, .range = { { 0x80, 1 } },
	  .nr = 1, .at = { { 0x10004000 } } },
	{ "LNR Control of a function without", { BAR_16K }, 0, 1, .range = { { 0x80, 1 } },
	  WHOLE = "LNR Control of a function that has none" },
};

KUNIT_ARRAY_PARAM_DESC(place, place_cases, name);

static void mmio_place(struct kunit *test)
{
	const struct place_case *c = test->param_value;
	struct pci_tsm_mmio_range range[MAX_RANGES] = {};
	struct pci_tsm_misfit misfit = {};
	struct pci_tsm_report report = {
		.interface_info = c->info,
		.msix_control = c->msix_control,
		.lnr_control = c->lnr_control,
	};
	u8 bytes[MAX_RANGES * 16];
	u32 nr, placed = 0;

	while (report.nr_ranges < MAX_RANGES && c->range[report.nr_ranges].pages) {
		const struct pci_tsm_report_range *r = &c->range[report.nr_ranges];
		u8 *p = bytes + report.nr_ranges++ * 16;

		put_unaligned_le64(r->first_page, p);
		put_unaligned_le32(r->pages, p + 8);
		put_unaligned_le16(r->attr, p + 12);
		put_unaligned_le16(r->id, p + 14);
	}
	report.ranges = bytes;

	KUNIT_ASSERT_EQ(test, c->why ? -EBADMSG : 0,
			pci_tsm_place(&c->layout, &report, range, &nr, &misfit));
	KUNIT_ASSERT_EQ(test, nr, c->nr);
	if (c->why) {
		KUNIT_EXPECT_STREQ(test, misfit.why, c->why);
		KUNIT_EXPECT_EQ(test, misfit.range, c->bad_range);
		return;
	}

	for (u32 i = 0; i < report.nr_ranges; i++) {
		const struct pci_tsm_report_range *r = &c->range[i];

		if (r->attr & NON_TEE)
			continue;
		KUNIT_EXPECT_EQ(test, range[placed].start, c->at[placed].start);
		KUNIT_EXPECT_EQ(test, range[placed].bar, c->at[placed].bar);
		KUNIT_EXPECT_EQ(test, range[placed].range_id, r->id);
		KUNIT_EXPECT_EQ(test, range[placed].size, (u64)r->pages * SZ_4K);
		KUNIT_EXPECT_EQ(test, range[placed].reported, r->first_page * SZ_4K);
		placed++;
	}
	KUNIT_EXPECT_EQ(test, placed, nr);
}

static struct fake_dev *mmio_dev(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE);

	test->priv = tsm;
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	return dev;
}

static int lock_accept(struct kunit *test, struct fake_dev *dev)
{
	KUNIT_ASSERT_EQ(test, 0, fake_lock(test->priv, dev));
	return fake_accept(dev);
}

/* The pages of MSI-X table and PBA in BAR 0 stay shared */
static void mmio_private(struct kunit *test)
{
	struct fake_dev *dev = mmio_dev(test);
	struct resource *bar0, *bar2;
	struct pci_tsm_mmio *mmio;

	KUNIT_EXPECT_FALSE(test, pci_tsm_mmio_private(dev->pdev, 0));
	KUNIT_ASSERT_EQ(test, 1, lock_accept(test, dev));
	KUNIT_EXPECT_TRUE(test, pci_tsm_mmio_private(dev->pdev, 0));
	KUNIT_EXPECT_TRUE(test, pci_tsm_mmio_private(dev->pdev, 2));
	KUNIT_EXPECT_FALSE(test, pci_tsm_mmio_private(dev->pdev, 1));
	bar0 = pci_resource_n(dev->pdev, 0);
	bar2 = pci_resource_n(dev->pdev, 2);

	guard(mutex)(&dev->pdev->tsm_fn->lock);
	mmio = dev->pdev->tsm_fn->mmio;
	KUNIT_ASSERT_NOT_NULL(test, mmio);
	KUNIT_ASSERT_EQ(test, mmio->nr, 3);
	KUNIT_EXPECT_EQ(test, mmio->range[0].start, bar0->start);
	KUNIT_EXPECT_EQ(test, mmio->range[0].size, SZ_8K);
	KUNIT_EXPECT_EQ(test, mmio->range[0].bar, 0);
	KUNIT_EXPECT_EQ(test, mmio->range[1].start, bar2->start);
	KUNIT_EXPECT_EQ(test, mmio->range[2].start, bar2->start + SZ_32K);
	KUNIT_EXPECT_EQ(test, mmio->range[2].bar, 2);
	KUNIT_EXPECT_EQ(test, mmio->range[2].reported, 0x200008ULL << 12);
}

struct mmio_report_case {
	const char *name;
	struct pci_tsm_report_range range;
	int rc;
};

static const struct mmio_report_case report_cases[] = {
	{ "a BAR that the function does not have", { 0x100, 1, 0, 1 }, -EBADMSG },
	{ "the upper half of a 64-bit BAR", { 0x100, 1, 0, 3 }, -EBADMSG },
	{ "the expansion ROM", { 0x100, 1, 0, 6 }, -EBADMSG },
	{ "a grouping of the device's own", { 0x100, 1, 0, 8 }, -EBADMSG },
	{ "the MSI-X table", { 0x102, 1, 0, 0 }, -EBADMSG },
	{ "more than the BAR", { 0x100, 5, 0, 0 }, -EBADMSG },
	{ "nothing but NON_TEE_MEM",
	  { 0x100, 4, PCI_TSM_RANGE_NON_TEE_MEM, 0 }, -EBADMSG },
};

KUNIT_ARRAY_PARAM_DESC(mmio_report, report_cases, name);

static void mmio_bad_report(struct kunit *test)
{
	const struct mmio_report_case *c = test->param_value;
	struct fake_dev *dev = mmio_dev(test);
	size_t len;

	len = fake_report_range(dev->report, 0, c->range.first_page,
				c->range.pages, c->range.attr, c->range.id);
	dev->report_len = fake_report_end(dev->report, len, 0);

	KUNIT_EXPECT_EQ(test, c->rc, lock_accept(test, dev));
	KUNIT_EXPECT_EQ(test, dev->pdev->tsm_fn->state, PCI_TSM_LOCKED);
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	fake_check(test->priv, dev);
}

/* NON_TEE_MEM stays shared, wherever it is; the rest is made private */
static void mmio_non_tee(struct kunit *test)
{
	struct fake_dev *dev = mmio_dev(test);
	size_t len;

	len = fake_report_range(dev->report, 0, 0x100, 2, 0, 0);
	len = fake_report_range(dev->report, len, 0x102, 2,
				PCI_TSM_RANGE_NON_TEE_MEM, 0);
	dev->report_len = fake_report_end(dev->report, len, 0);

	KUNIT_ASSERT_EQ(test, 1, lock_accept(test, dev));
	KUNIT_EXPECT_EQ(test, dev->private, SZ_8K);
}

/* A function of another kind than fake_dev_add() makes */
static struct fake_dev *mmio_dev_add(struct fake_tsm *tsm,
				     const struct kunit_pci_func_desc *desc)
{
	struct fake_dev *dev = &tsm->pool[tsm->nr_devs++];

	dev->func = kunit_pci_func_add(tsm->host, desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(tsm->test, dev->func);
	list_add_tail(&dev->node, &tsm->devs);
	return dev;
}

static const u8 lnr_registers[4];

/* A small BAR, a 64-bit prefetchable one, and an LN Requester capability */
static const struct kunit_pci_cap mmio_caps[] = {
	{ .id = 0x1c, .ext = true, .version = 1, .size = 4, .data = lnr_registers },
};

static const struct kunit_pci_func_desc mmio_desc = {
	.devfn = PCI_DEVFN(1, 0),
	.vendor = FAKE_VENDOR,
	.device = FAKE_DEVICE,
	.class = PCI_CLASS_OTHERS << 8,
	.devcap = PCI_EXP_DEVCAP_TEE,
	.bars[0] = { .size = 256 },
	.bars[1] = { .size = SZ_64K },
	.bars[2] = {
		.size = SZ_4M,
		.flags = PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH,
	},
	.msix = {
		.vectors = 2048,
		.table_bir = 1,
		.pba_bir = 1,
		.table_offset = 0,
		.pba_offset = SZ_32K,
	},
	.caps = mmio_caps,
	.num_caps = ARRAY_SIZE(mmio_caps),
};

/*
 * Every kind of BAR in one report: too small to be private, MSI-X locked with a
 * table of the largest size, and an upper half in use.
 */
static void mmio_all_kinds(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev = mmio_dev_add(tsm, &mmio_desc);
	struct resource *bar1, *bar2;
	struct pci_tsm_mmio *mmio;
	u16 control;
	size_t len;

	test->priv = tsm;
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	pci_read_config_word(dev->pdev, dev->pdev->msix_cap + PCI_MSIX_FLAGS,
			     &control);

	len = fake_report_range(dev->report, 0, 0x50, 1, NON_TEE, 0);
	len = fake_report_range(dev->report, len, 0x100, 8, TABLE, 1);
	len = fake_report_range(dev->report, len, 0x108, 1, PBA, 1);
	len = fake_report_range(dev->report, len, 0x10c, 4, 0, 1);
	len = fake_report_range(dev->report, len, 0x8000000400ULL, 0x3ff, 0, 2);
	put_unaligned_le16(control, dev->report + 4);
	put_unaligned_le16(1, dev->report + 6);
	dev->report_len = fake_report_end(dev->report, len, 0);

	KUNIT_ASSERT_EQ(test, 1, lock_accept(test, dev));
	KUNIT_EXPECT_EQ(test, dev->private, (8 + 1 + 4 + 0x3ff) * SZ_4K);
	KUNIT_EXPECT_FALSE(test, pci_tsm_mmio_private(dev->pdev, 0));
	bar1 = pci_resource_n(dev->pdev, 1);
	bar2 = pci_resource_n(dev->pdev, 2);

	scoped_guard(mutex, &dev->pdev->tsm_fn->lock) {
		mmio = dev->pdev->tsm_fn->mmio;
		KUNIT_ASSERT_NOT_NULL(test, mmio);
		KUNIT_ASSERT_EQ(test, mmio->nr, 4);
		KUNIT_EXPECT_EQ(test, mmio->range[0].start, bar1->start);
		KUNIT_EXPECT_EQ(test, mmio->range[1].start, bar1->start + SZ_32K);
		KUNIT_EXPECT_EQ(test, mmio->range[2].start, bar1->start + 0xc * SZ_4K);
		KUNIT_EXPECT_EQ(test, mmio->range[3].start, bar2->start);
		KUNIT_EXPECT_EQ(test, mmio->range[3].bar, 2);
	}
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(tsm, dev));

	/* What the report says of MSI-X is what the function says */
	put_unaligned_le16(control ^ PCI_MSIX_FLAGS_MASKALL, dev->report + 4);
	KUNIT_EXPECT_EQ(test, -EBADMSG, lock_accept(test, dev));
	KUNIT_EXPECT_EQ(test, dev->private, 0);
}

/* A function without memory has nothing to be made private, and may run */
static void mmio_no_bars(struct kunit *test)
{
	static const struct kunit_pci_func_desc desc = {
		.devfn = PCI_DEVFN(1, 0),
		.vendor = FAKE_VENDOR,
		.device = FAKE_DEVICE,
		.class = PCI_CLASS_OTHERS << 8,
		.devcap = PCI_EXP_DEVCAP_TEE,
	};
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev = mmio_dev_add(tsm, &desc);

	test->priv = tsm;
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	memset(dev->report, 0, 20);
	dev->report[0] = 1;
	dev->report_len = 20;

	KUNIT_ASSERT_EQ(test, 1, lock_accept(test, dev));
	KUNIT_EXPECT_EQ(test, READ_ONCE(dev->pdev->tsm_fn->state), PCI_TSM_RUN);
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	KUNIT_EXPECT_EQ(test, 0, fake_unlock(tsm, dev));
}

/* An MSI-X capability that points nowhere is not trusted to point elsewhere */
static void mmio_msix_nowhere(struct kunit *test)
{
	struct fake_dev *dev = mmio_dev(test);
	int where = dev->pdev->msix_cap + PCI_MSIX_PBA;

	kunit_pci_func_config_set(dev->func, where, 4, 0x3007);
	KUNIT_EXPECT_EQ(test, -EBADMSG, lock_accept(test, dev));
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(test->priv, dev));

	kunit_pci_func_config_set(dev->func, where, 4, 0x3000);
	KUNIT_EXPECT_EQ(test, 1, lock_accept(test, dev));
}

/* The TSM says what reported addresses mean */
static void mmio_relative(struct kunit *test)
{
	struct fake_dev *dev = mmio_dev(test);
	struct fake_tsm *tsm = test->priv;
	size_t len;

	len = fake_report_range(dev->report, 0, 0x103, 2, 0, 0);
	len = fake_report_range(dev->report, len, 0x201, 0x10, 0, 2);
	dev->report_len = fake_report_end(dev->report, len, 0);

	KUNIT_EXPECT_EQ(test, -EBADMSG, lock_accept(test, dev));
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(tsm, dev));

	tsm->devsec.mmio_offset = PCI_TSM_OFFSET_RELATIVE;
	KUNIT_ASSERT_EQ(test, 1, lock_accept(test, dev));
	KUNIT_EXPECT_EQ(test, dev->private, SZ_8K + SZ_64K);
	guard(mutex)(&dev->pdev->tsm_fn->lock);
	KUNIT_EXPECT_EQ(test, dev->pdev->tsm_fn->mmio->range[0].start,
			pci_resource_start(dev->pdev, 0));
}

static void restore_reserved(void *data)
{
	pci_tsm_report_reserved = (enum pci_tsm_reserved)(unsigned long)data;
}

/* Reserved bits are refused, unless policy says otherwise */
static void mmio_reserved(struct kunit *test)
{
	struct fake_dev *dev = mmio_dev(test);

	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, restore_reserved,
						  (void *)(unsigned long)pci_tsm_report_reserved));
	dev->report[0] |= BIT(5);

	pci_tsm_report_reserved = PCI_TSM_RESERVED_REJECT;
	KUNIT_EXPECT_EQ(test, -EBADMSG, lock_accept(test, dev));
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(test->priv, dev));

	pci_tsm_report_reserved = PCI_TSM_RESERVED_IGNORE;
	KUNIT_EXPECT_EQ(test, 1, lock_accept(test, dev));
	fake_check(test->priv, dev);
}

/* As many ranges as there can be: every page of a BAR for itself */
static void mmio_max_ranges(struct kunit *test)
{
	struct kunit_pci_func_desc desc = mmio_desc;
	struct fake_tsm *tsm = fake_tsm_create(test);
	const u32 n = (PCI_TSM_REPORT_MAX - 20) / 16;
	u8 *report = kunit_kzalloc(test, 20 + n * 16, GFP_KERNEL);
	struct fake_dev *dev;

	KUNIT_ASSERT_NOT_NULL(test, report);
	desc.bars[2].size = SZ_16M;
	dev = mmio_dev_add(tsm, &desc);
	test->priv = tsm;
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);

	put_unaligned_le32(n, report + 12);
	for (u32 i = 0; i < n; i++) {
		put_unaligned_le64(0x1000 + i, report + 16 + i * 16);
		put_unaligned_le32(1, report + 16 + i * 16 + 8);
		put_unaligned_le16(2, report + 16 + i * 16 + 14);
	}

	dev->replace = report;
	dev->replace_len = 20 + n * 16;
	dev->replaced = PCI_TSM_REPORT;
	KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, dev));
	KUNIT_ASSERT_EQ(test, 1, fake_accept(dev));
	KUNIT_EXPECT_EQ(test, dev->private, n * SZ_4K);
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(tsm, dev));
	KUNIT_EXPECT_EQ(test, dev->private, 0);
}

/* What cannot be made shared again is not forgotten */
static void mmio_teardown_fails(struct kunit *test)
{
	struct fake_dev *dev = mmio_dev(test);
	struct fake_tsm *tsm = test->priv;

	KUNIT_ASSERT_EQ(test, 1, lock_accept(test, dev));

	fake_fail(tsm, "mmio_teardown", 2, -EIO);
	KUNIT_EXPECT_LT(test, fake_unlock(tsm, dev), 0);
	KUNIT_EXPECT_EQ(test, dev->pdev->tsm_fn->state, PCI_TSM_ERROR);
	KUNIT_EXPECT_EQ(test, dev->private, SZ_32K);
	fake_check(tsm, dev);

	fake_fail(tsm, NULL, 0, 0);
	KUNIT_EXPECT_EQ(test, 0, fake_unlock(tsm, dev));
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	fake_check(tsm, dev);
}

static struct kunit_case mmio_cases[] = {
	KUNIT_CASE_PARAM(mmio_place, place_gen_params),
	KUNIT_CASE(mmio_private),
	KUNIT_CASE_PARAM(mmio_bad_report, mmio_report_gen_params),
	KUNIT_CASE(mmio_non_tee),
	KUNIT_CASE(mmio_all_kinds),
	KUNIT_CASE(mmio_no_bars),
	KUNIT_CASE(mmio_msix_nowhere),
	KUNIT_CASE(mmio_relative),
	KUNIT_CASE(mmio_reserved),
	KUNIT_CASE(mmio_max_ranges),
	KUNIT_CASE(mmio_teardown_fails),
	{}
};

static struct kunit_suite mmio_suite = {
	.name = "pci_tsm_mmio",
	.test_cases = mmio_cases,
};

kunit_test_suite(mmio_suite);

MODULE_DESCRIPTION("KUnit tests of private MMIO of TDISP functions");
MODULE_LICENSE("GPL");
