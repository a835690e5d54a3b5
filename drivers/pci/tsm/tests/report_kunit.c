// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the interface report parser */

#include <kunit/test.h>
#include <linux/module.h>
#include <linux/unaligned.h>
#include "fake.h"

/*
 * Four ranges in BARs 1 to 4 and 16 bytes of device-specific information, as
 * the device sample of spdm-emu reports.
 */
static const u8 sample[100] = {
	0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x04, 0, 0, 0,
	0x00, 0x00, 0, 0, 0, 0, 0, 0, 0x01, 0, 0, 0, 0x04, 0, 0x01, 0,
	0x00, 0x80, 0, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0x08, 0, 0x02, 0,
	0x00, 0x00, 0x01, 0, 0, 0, 0, 0, 0x08, 0, 0, 0, 0x08, 0, 0x03, 0,
	0x00, 0x00, 0x02, 0, 0, 0, 0, 0, 0x08, 0, 0, 0, 0x08, 0, 0x04, 0,
	0x10, 0, 0, 0, 't', 'd', 'i', 's', 'p', '_', 'd', 'e', 'v', '_',
	'e', 'm', 'u', 0, 0, 0,
};

static void report_sample(struct kunit *test)
{
	struct pci_tsm_report_range range;
	struct pci_tsm_report report;

	KUNIT_ASSERT_EQ(test, 0, pci_tsm_report_parse(sample, sizeof(sample),
						      &report));
	KUNIT_EXPECT_EQ(test, report.interface_info, 3);
	KUNIT_EXPECT_EQ(test, report.msix_control, 0);
	KUNIT_EXPECT_EQ(test, report.lnr_control, 0);
	KUNIT_EXPECT_EQ(test, report.tph_control, 0);
	KUNIT_EXPECT_EQ(test, report.nr_ranges, 4);
	KUNIT_EXPECT_EQ(test, report.info_len, 16);
	KUNIT_EXPECT_MEMEQ(test, report.info, "tdisp_dev_emu", 14);

	pci_tsm_report_range(&report, 1, &range);
	KUNIT_EXPECT_EQ(test, range.first_page, 0x8000);
	KUNIT_EXPECT_EQ(test, range.pages, 4);
	KUNIT_EXPECT_EQ(test, range.attr, PCI_TSM_RANGE_ATTR_UPDATABLE);
	KUNIT_EXPECT_EQ(test, range.id, 2);
}

/* Well-formed, although mmio.c will not take it from a function with BARs */
static void report_no_ranges(struct kunit *test)
{
	static const u8 empty[20];
	struct pci_tsm_report report;

	KUNIT_ASSERT_EQ(test, 0, pci_tsm_report_parse(empty, sizeof(empty),
						      &report));
	KUNIT_EXPECT_EQ(test, report.nr_ranges, 0);
	KUNIT_EXPECT_EQ(test, report.info_len, 0);
}

/* As many ranges as 16 bits of report length can hold */
static void report_max_ranges(struct kunit *test)
{
	const u32 n = (PCI_TSM_REPORT_MAX - 20) / 16;
	const size_t len = 20 + n * 16;
	struct pci_tsm_report_range range;
	struct pci_tsm_report report;
	u8 *buf = kunit_kzalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	put_unaligned_le32(n, buf + 12);
	for (u32 i = 0; i < n; i++) {
		put_unaligned_le64(i, buf + 16 + i * 16);
		put_unaligned_le32(1, buf + 16 + i * 16 + 8);
	}

	KUNIT_ASSERT_EQ(test, 0, pci_tsm_report_parse(buf, len, &report));
	KUNIT_EXPECT_EQ(test, report.nr_ranges, 4094);
	pci_tsm_report_range(&report, n - 1, &range);
	KUNIT_EXPECT_EQ(test, range.first_page, n - 1);

	/* One more is announced than there is room for */
	put_unaligned_le32(n + 1, buf + 12);
	KUNIT_EXPECT_EQ(test, -EBADMSG, pci_tsm_report_parse(buf, len, &report));
}

struct bad_report {
	const char *name;
	size_t len;
	int at;
	int width;
	u64 value;
};

static const struct bad_report bad_reports[] = {
	{ "empty", 0 },
	{ "header only", 16 },
	{ "one byte short of the minimum", 19 },
	{ "cut inside a range", 40 },
	{ "cut before the info length", 80 },
	{ "cut inside the info", 99 },
	{ "longer than 16 bits count", 65536 },
	{ "one range too many", 100, 12, 4, 5 },
	{ "one range too few", 100, 12, 4, 3 },
	{ "no ranges announced", 100, 12, 4, 0 },
	{ "range count times size wraps 32 bits", 100, 12, 4, 0x10000000 },
	{ "range count all ones", 100, 12, 4, U32_MAX },
	{ "info longer than the report", 100, 80, 4, 17 },
	{ "info shorter than the report", 100, 80, 4, 15 },
	{ "info length all ones", 100, 80, 4, U32_MAX },
	{ "range without pages", 100, 24, 4, 0 },
	{ "page numbers wrap", 100, 16, 8, U64_MAX },
	{ "addresses wrap", 100, 16, 8, (U64_MAX >> 12) + 1 },
	{ "last address wraps", 100, 16, 8, U64_MAX >> 12 },
	{ "BARs descend", 100, 30, 2, 3 },
	{ "BARs descend at the end", 100, 78, 2, 0 },
	{ "same range twice", 100, 30, 2, 2 },
};

KUNIT_ARRAY_PARAM_DESC(bad_report, bad_reports, name);

static void report_malformed(struct kunit *test)
{
	const struct bad_report *bad = test->param_value;
	struct pci_tsm_report report;
	u8 *buf = kunit_kzalloc(test, max(bad->len, sizeof(sample)), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	memcpy(buf, sample, sizeof(sample));
	switch (bad->width) {
	case 2:
		put_unaligned_le16(bad->value, buf + bad->at);
		break;
	case 4:
		put_unaligned_le32(bad->value, buf + bad->at);
		break;
	case 8:
		put_unaligned_le64(bad->value, buf + bad->at);
		break;
	}
	/* In "same range twice" the second BAR's range overlaps the first's */
	if (bad->at == 30 && bad->value == 2)
		put_unaligned_le64(0x8003, buf + 16);

	KUNIT_EXPECT_EQ(test, -EBADMSG,
			pci_tsm_report_parse(buf, bad->len, &report));
}

static void report_missing(struct kunit *test)
{
	struct pci_tsm_report report;

	KUNIT_EXPECT_EQ(test, -EBADMSG, pci_tsm_report_parse(NULL, 0, &report));
}

static struct kunit_case report_cases[] = {
	KUNIT_CASE(report_sample),
	KUNIT_CASE(report_no_ranges),
	KUNIT_CASE(report_max_ranges),
	KUNIT_CASE(report_missing),
	KUNIT_CASE_PARAM(report_malformed, bad_report_gen_params),
	{}
};

static struct kunit_suite report_suite = {
	.name = "pci_tsm_report",
	.test_cases = report_cases,
};

kunit_test_suite(report_suite);

MODULE_DESCRIPTION("KUnit tests of the TDISP interface report parser");
MODULE_LICENSE("GPL");
