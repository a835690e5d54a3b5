// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the interface report parser */

#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/unaligned.h>
#include "../report.h"
#include "report_vectors.h"
#include "vectors_kunit.h"

KUNIT_ARRAY_PARAM(report, report_cases, vector_desc);

static void report_vector(struct kunit *test)
{
	const struct vector_case *c = test->param_value;
	struct pci_tsm_report report;
	size_t len;
	u8 *buf = vector_alloc(test, c, &len);

	KUNIT_ASSERT_EQ(test, c->good ? 0 : -EBADMSG,
			pci_tsm_report_parse(buf, len, &report));
	if (c->good) {
		KUNIT_EXPECT_EQ(test, report.reserved_bits, c->reserved);
		KUNIT_EXPECT_NULL(test, report.error);
	} else {
		KUNIT_EXPECT_NOT_NULL(test, report.error);
	}
}

static void report_fields(struct kunit *test)
{
	struct pci_tsm_report_range range;
	struct pci_tsm_report report;

	KUNIT_ASSERT_EQ(test, 0, pci_tsm_report_parse(report_sample,
						      sizeof(report_sample),
						      &report));
	KUNIT_EXPECT_EQ(test, report.interface_info, 3);
	KUNIT_EXPECT_EQ(test, report.reserved, 0);
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

	KUNIT_ASSERT_EQ(test, 0, pci_tsm_report_parse(report_msix,
						      sizeof(report_msix),
						      &report));
	KUNIT_EXPECT_EQ(test, report.msix_control, 0x8003);
	KUNIT_EXPECT_EQ(test, report.lnr_control, 1);
	KUNIT_EXPECT_EQ(test, report.tph_control, 0x101);
	KUNIT_EXPECT_EQ(test, report.nr_ranges, 6);
	KUNIT_EXPECT_EQ(test, report.info_len, 0);
}

/* No beginning of a report is one */
static void report_cut(struct kunit *test)
{
	struct pci_tsm_report report;

	for (int i = 0; i < ARRAY_SIZE(report_cases); i++) {
		const struct vector_case *c = &report_cases[i];
		size_t len;
		u8 *buf;

		if (!c->good || c->pad)
			continue;
		buf = vector_alloc(test, c, &len);
		while (len--)
			KUNIT_EXPECT_EQ_MSG(test, -EBADMSG,
					    pci_tsm_report_parse(buf, len, &report),
					    "%s: the first %zu bytes", c->name, len);
		kunit_kfree(test, buf);
	}
}

/* As many ranges as 16 bits of report length can hold, spread over all IDs */
static void report_max_ranges(struct kunit *test)
{
	const u32 n = (TDISP_REPORT_MAX - 20) / 16;
	const size_t len = 20 + n * 16;
	struct pci_tsm_report_range range;
	struct pci_tsm_report report;
	u8 *buf = kunit_kzalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	put_unaligned_le32(n, buf + 12);
	for (u32 i = 0; i < n; i++) {
		u32 id = i / 128;

		put_unaligned_le64(i % 128 * 32 + id, buf + 16 + i * 16);
		put_unaligned_le32(1, buf + 16 + i * 16 + 8);
		put_unaligned_le16(id, buf + 16 + i * 16 + 14);
	}

	KUNIT_ASSERT_EQ(test, 0, pci_tsm_report_parse(buf, len, &report));
	KUNIT_EXPECT_EQ(test, report.nr_ranges, 4094);
	pci_tsm_report_range(&report, n - 1, &range);
	KUNIT_EXPECT_EQ(test, range.id, 31);

	/* The last two are one page apart in reported space, far in the list */
	put_unaligned_le32(2, buf + 16 + 127 * 16 + 8);
	KUNIT_EXPECT_EQ(test, -EBADMSG, pci_tsm_report_parse(buf, len, &report));
	put_unaligned_le32(1, buf + 16 + 127 * 16 + 8);

	/* One more is announced than there is room for */
	put_unaligned_le32(n + 1, buf + 12);
	KUNIT_EXPECT_EQ(test, -EBADMSG, pci_tsm_report_parse(buf, len, &report));
}

static void report_missing(struct kunit *test)
{
	struct pci_tsm_report report;

	KUNIT_EXPECT_EQ(test, -EBADMSG, pci_tsm_report_parse(NULL, 0, &report));
}

static struct kunit_case report_kunit_cases[] = {
	KUNIT_CASE_PARAM(report_vector, report_gen_params),
	KUNIT_CASE(report_fields),
	KUNIT_CASE(report_cut),
	KUNIT_CASE(report_max_ranges),
	KUNIT_CASE(report_missing),
	{}
};

static struct kunit_suite report_suite = {
	.name = "pci_tsm_report",
	.test_cases = report_kunit_cases,
};

kunit_test_suite(report_suite);

MODULE_DESCRIPTION("KUnit tests of the TDISP interface report parser");
MODULE_LICENSE("GPL");
