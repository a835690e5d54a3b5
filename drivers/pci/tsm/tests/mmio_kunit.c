// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of placing reported ranges in BARs and making them private */

#include <kunit/test.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include "../../pci.h"
#include "fake.h"

struct place_case {
	const char *name;
	struct pci_tsm_bar bar;
	struct pci_tsm_report_range reported;
	int rc;
	u64 start;
};

#define BAR_16K .bar = { .start = 0x10004000, .size = SZ_16K }
#define BAR_MSIX .bar = { .start = 0x10004000, .size = SZ_16K, \
			  .msix = { { 0x2000, 0x3000 }, { 0x3000, 0x4000 } } }

static const struct place_case place_cases[] = {
	{ "whole BAR", BAR_16K, { 0x80, 4 }, 0, 0x10004000 },
	{ "first page", BAR_16K, { 0x80, 1 }, 0, 0x10004000 },
	{ "last page", BAR_16K, { 0x83, 1 }, 0, 0x10007000 },
	{ "high reporting offset", BAR_16K, { 0xfffffffffff81ULL, 1 }, 0, 0x10005000 },
	{ "one page too long", BAR_16K, { 0x80, 5 }, -EBADMSG },
	{ "over the end", BAR_16K, { 0x83, 2 }, -EBADMSG },
	{ "as large as can be", BAR_16K, { 0x80, U32_MAX }, -EBADMSG },
	{ "no such BAR", { .start = 0 }, { 0x80, 1 }, -EBADMSG },
	{ "BAR smaller than a TDISP page",
	  { .start = 0x10004000, .size = SZ_1K }, { 0x80, 1 }, -EBADMSG },
	{ "BAR that is no power of two",
	  { .start = 0x10004000, .size = SZ_16K + SZ_4K }, { 0x80, 1 }, -EBADMSG },
	{ "BAR that is not page aligned",
	  { .start = 0x10004800, .size = SZ_16K }, { 0x80, 1 }, -EBADMSG },
	{ "beside the MSI-X table", BAR_MSIX, { 0x80, 2 }, 0, 0x10004000 },
	{ "into the MSI-X table", BAR_MSIX, { 0x81, 2 }, -EBADMSG },
	{ "the PBA", BAR_MSIX, { 0x83, 1 }, -EBADMSG },
	{ "the MSI-X table, said so", BAR_MSIX,
	  { 0x82, 1, PCI_TSM_RANGE_MSIX_TABLE }, 0, 0x10006000 },
	{ "the PBA, said so", BAR_MSIX,
	  { 0x83, 1, PCI_TSM_RANGE_MSIX_PBA }, 0, 0x10007000 },
};

KUNIT_ARRAY_PARAM_DESC(place, place_cases, name);

static void mmio_place(struct kunit *test)
{
	const struct place_case *c = test->param_value;
	struct pci_tsm_mmio_range range = {};
	struct pci_tsm_bar bar = c->bar;

	KUNIT_ASSERT_EQ(test, c->rc,
			pci_tsm_mmio_place(&bar, &c->reported, &range));
	if (c->rc)
		return;

	KUNIT_EXPECT_EQ(test, range.start, c->start);
	KUNIT_EXPECT_EQ(test, range.size, (u64)c->reported.pages * SZ_4K);
	KUNIT_EXPECT_EQ(test, range.reported, c->reported.first_page * SZ_4K);
}

/* Reported apart, but for the same pages of the BAR */
static void mmio_place_alias(struct kunit *test)
{
	struct pci_tsm_bar bar = { .start = 0x10004000, .size = SZ_16K };
	struct pci_tsm_report_range reported = { 0x80, 1 };
	struct pci_tsm_mmio_range range;

	KUNIT_ASSERT_EQ(test, 0, pci_tsm_mmio_place(&bar, &reported, &range));
	reported.first_page = 0x84;
	KUNIT_EXPECT_EQ(test, -EBADMSG,
			pci_tsm_mmio_place(&bar, &reported, &range));
	reported.first_page = 0x81;
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_mmio_place(&bar, &reported, &range));
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
	KUNIT_CASE(mmio_place_alias),
	KUNIT_CASE(mmio_private),
	KUNIT_CASE_PARAM(mmio_bad_report, mmio_report_gen_params),
	KUNIT_CASE(mmio_non_tee),
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
