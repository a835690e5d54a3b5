// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the SPDM parsers */

#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include "../spdm.h"
#include "spdm_vectors.h"
#include "vectors_kunit.h"

KUNIT_DEFINE_ACTION_WRAPPER(free_large, kvfree, const void *);

KUNIT_ARRAY_PARAM(vca, vca_cases, vector_desc);
KUNIT_ARRAY_PARAM(meas, meas_cases, vector_desc);
KUNIT_ARRAY_PARAM(chain, chain_cases, vector_desc);

static void spdm_vca(struct kunit *test)
{
	const struct vector_case *c = test->param_value;
	struct pci_tsm_spdm_vca vca;
	size_t len;
	u8 *buf = vector_alloc(test, c, &len);

	KUNIT_EXPECT_EQ(test, c->good ? 0 : -EBADMSG,
			pci_tsm_spdm_parse_vca(buf, len, &vca));
}

static void spdm_meas(struct kunit *test)
{
	const struct vector_case *c = test->param_value;
	struct pci_tsm_spdm_meas *meas = kunit_kzalloc(test, sizeof(*meas),
						       GFP_KERNEL);
	size_t len;
	u8 *buf = vector_alloc(test, c, &len);

	KUNIT_ASSERT_NOT_NULL(test, meas);
	KUNIT_EXPECT_EQ(test, c->good ? 0 : -EBADMSG,
			pci_tsm_spdm_parse_meas(buf, len, c->with, meas));
}

static void spdm_chain(struct kunit *test)
{
	const struct vector_case *c = test->param_value;
	size_t len;
	u8 *buf = vector_alloc(test, c, &len);

	KUNIT_EXPECT_EQ(test, c->good ? 0 : -EBADMSG,
			pci_tsm_spdm_check_chain(buf, len));
}

struct negotiated {
	const struct vector *from;
	struct pci_tsm_spdm_vca vca;
};

static const struct negotiated negotiated[] = {
	{ &vector_vca_10_p256, { 0x10, 1, MEAS_SHA_256, ECDSA_P256, SHA_256 } },
	{ &vector_vca_11_p384, { 0x11, 1, MEAS_SHA_384, ECDSA_P384, SHA_384 } },
	{ &vector_vca_12_p384, { 0x12, 1, MEAS_SHA_384, ECDSA_P384, SHA_384 } },
	{ &vector_vca_12_rsa, { 0x12, 1, MEAS_SHA_384, RSAPSS_3072, SHA_384 } },
	{ &vector_vca_13_p384, { 0x13, 1, MEAS_SHA_384, ECDSA_P384, SHA_384 } },
	{ &vector_vca_13_supported, { 0x13, 1, MEAS_SHA_384, ECDSA_P384, SHA_384 } },
};

static void negotiated_desc(const struct negotiated *n, char *desc)
{
	strscpy(desc, n->from->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(negotiated, negotiated, negotiated_desc);

/* What was negotiated; and no beginning of it is enough */
static void spdm_negotiated(struct kunit *test)
{
	const struct negotiated *n = test->param_value;
	struct pci_tsm_spdm_vca vca;

	KUNIT_ASSERT_EQ(test, 0, pci_tsm_spdm_parse_vca(n->from->data,
							n->from->len, &vca));
	KUNIT_EXPECT_EQ(test, vca.version, n->vca.version);
	KUNIT_EXPECT_EQ(test, vca.meas_spec, n->vca.meas_spec);
	KUNIT_EXPECT_EQ(test, vca.meas_hash_algo, n->vca.meas_hash_algo);
	KUNIT_EXPECT_EQ(test, vca.base_asym_algo, n->vca.base_asym_algo);
	KUNIT_EXPECT_EQ(test, vca.base_hash_algo, n->vca.base_hash_algo);

	for (size_t len = 0; len < n->from->len; len++)
		KUNIT_EXPECT_EQ_MSG(test, -EBADMSG,
				    pci_tsm_spdm_parse_vca(n->from->data, len, &vca),
				    "the first %zu bytes", len);
}

/* Blocks are found by their index, whatever order they are in */
static void spdm_blocks(struct kunit *test)
{
	struct pci_tsm_spdm_meas *meas = kunit_kzalloc(test, sizeof(*meas),
						       GFP_KERNEL);
	struct pci_tsm_spdm_block block;
	unsigned int found = 0;

	KUNIT_ASSERT_NOT_NULL(test, meas);
	KUNIT_ASSERT_EQ(test, 0,
			pci_tsm_spdm_parse_meas(meas_12_p384, sizeof(meas_12_p384),
						&with_12, meas));
	KUNIT_EXPECT_EQ(test, meas->slot, 3);
	KUNIT_EXPECT_PTR_EQ(test, meas->nonce, meas_12_p384 + 4);
	KUNIT_EXPECT_EQ(test, meas->nr_blocks, 5);
	KUNIT_EXPECT_PTR_EQ(test, meas->record, meas_12_p384 + RECORD);
	KUNIT_EXPECT_EQ(test, meas->record_len, 160);

	for (int index = 0; index < 256; index++)
		found += pci_tsm_spdm_block(meas, index, &block);
	KUNIT_EXPECT_EQ(test, found, 5);

	KUNIT_ASSERT_TRUE(test, pci_tsm_spdm_block(meas, 1, &block));
	KUNIT_EXPECT_EQ(test, block.index, 1);
	KUNIT_EXPECT_EQ(test, block.spec, 1);
	KUNIT_EXPECT_EQ(test, block.type, 0);
	KUNIT_EXPECT_EQ(test, block.size, 48);
	KUNIT_EXPECT_PTR_EQ(test, block.value, meas_12_p384 + B1 + 7);

	KUNIT_ASSERT_TRUE(test, pci_tsm_spdm_block(meas, 0xfd, &block));
	KUNIT_EXPECT_EQ(test, block.index, 0xfd);
	KUNIT_EXPECT_EQ(test, block.type, SPDM_MEAS_RAW | 4);
	KUNIT_EXPECT_EQ(test, block.size, 5);
	KUNIT_EXPECT_MEMEQ(test, block.value, "hello", 5);

	KUNIT_EXPECT_FALSE(test, pci_tsm_spdm_block(meas, 3, &block));
}

/* No beginning of measurements is enough, in any version */
static void spdm_meas_cut(struct kunit *test)
{
	struct pci_tsm_spdm_meas *meas = kunit_kzalloc(test, sizeof(*meas),
						       GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, meas);
	for (int i = 0; i < ARRAY_SIZE(meas_cases); i++) {
		const struct vector_case *c = &meas_cases[i];
		size_t len;
		u8 *buf;

		if (!c->good || c->pad)
			continue;
		buf = vector_alloc(test, c, &len);
		while (len--)
			KUNIT_EXPECT_EQ_MSG(test, -EBADMSG,
					    pci_tsm_spdm_parse_meas(buf, len, c->with, meas),
					    "%s: %s: the first %zu bytes",
					    c->from->name, c->name, len);
		kunit_kfree(test, buf);
	}
}

/* All 241 indices that there are, in descending order */
static void spdm_all_indices(struct kunit *test)
{
	const size_t room = 37 + 8 + 241 * 8 + 32 + 2 + 96;
	struct pci_tsm_spdm_meas *meas = kunit_kzalloc(test, sizeof(*meas),
						       GFP_KERNEL);
	u8 *buf = kunit_kzalloc(test, room, GFP_KERNEL);
	struct pci_tsm_spdm_block block;
	size_t len = RECORD;
	u8 nr = 0;

	KUNIT_ASSERT_NOT_NULL(test, meas);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	memcpy(buf, meas_12_p384, RECORD);
	for (int index = 0xfe; index > 0; index--) {
		const u8 raw[] = { BLOCK(index, 0x86, 1), index };

		if (index >= 0xf0 && index <= 0xfc)
			continue;
		memcpy(buf + len, raw, sizeof(raw));
		len += sizeof(raw);
		nr++;
	}
	buf[RESPONSE + 4] = nr;
	put_unaligned_le16(len - RECORD, buf + RECORD_LEN);
	len += 32 + 2 + 96;

	KUNIT_ASSERT_EQ(test, len, room);
	KUNIT_ASSERT_EQ(test, 0, pci_tsm_spdm_parse_meas(buf, len, &with_12, meas));
	KUNIT_EXPECT_EQ(test, meas->nr_blocks, 241);
	for (int index = 1; index < 0xf0; index++) {
		KUNIT_ASSERT_TRUE(test, pci_tsm_spdm_block(meas, index, &block));
		KUNIT_EXPECT_EQ(test, *block.value, index);
	}
}

/* A record of more than 64 KiB, of which each length byte counts */
static void spdm_large_record(struct kunit *test)
{
	const size_t value = U16_MAX - 3, record = 2 * (7 + value);
	const size_t len = 37 + 8 + record + 32 + 2 + 96;
	struct pci_tsm_spdm_meas *meas = kunit_kzalloc(test, sizeof(*meas),
						       GFP_KERNEL);
	const u8 first[] = { BLOCK(1, 0x84, value) };
	const u8 second[] = { BLOCK(2, 0x84, value) };
	u8 *buf = kunit_kzalloc(test, len, GFP_KERNEL);
	struct pci_tsm_spdm_block block;

	KUNIT_ASSERT_NOT_NULL(test, meas);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	memcpy(buf, meas_12_p384, RECORD);
	buf[RESPONSE + 4] = 2;
	put_unaligned_le24(record, buf + RECORD_LEN);
	memcpy(buf + RECORD, first, sizeof(first));
	memcpy(buf + RECORD + 7 + value, second, sizeof(second));

	KUNIT_ASSERT_EQ(test, 0, pci_tsm_spdm_parse_meas(buf, len, &with_12, meas));
	KUNIT_ASSERT_TRUE(test, pci_tsm_spdm_block(meas, 2, &block));
	KUNIT_EXPECT_EQ(test, block.size, value);
	KUNIT_EXPECT_PTR_EQ(test, block.value, buf + RECORD + record - value);
}

/* As large as evidence gets: one certificate, and as many as fit */
static void spdm_large_chain(struct kunit *test)
{
	const size_t len = SZ_16M;
	u8 *buf = kvzalloc(len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, free_large, buf));

	put_unaligned_be16(0x3083, buf);
	put_unaligned_be24(len - 5, buf + 2);
	buf[5] = 0x30;
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_spdm_check_chain(buf, len));
	put_unaligned_be24(len - 4, buf + 2);
	KUNIT_EXPECT_EQ(test, -EBADMSG, pci_tsm_spdm_check_chain(buf, len));

	for (size_t i = 0; i < len; i += 4)
		put_unaligned_be32(0x30023000, buf + i);
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_spdm_check_chain(buf, len));
	buf[len - 1] = 1;
	KUNIT_EXPECT_EQ(test, -EBADMSG, pci_tsm_spdm_check_chain(buf, len));
}

static void spdm_missing(struct kunit *test)
{
	struct pci_tsm_spdm_meas *meas = kunit_kzalloc(test, sizeof(*meas),
						       GFP_KERNEL);
	struct pci_tsm_spdm_vca vca;

	KUNIT_ASSERT_NOT_NULL(test, meas);
	KUNIT_EXPECT_EQ(test, -EBADMSG, pci_tsm_spdm_parse_vca(NULL, 0, &vca));
	KUNIT_EXPECT_EQ(test, -EBADMSG,
			pci_tsm_spdm_parse_meas(NULL, 0, &with_12, meas));
	KUNIT_EXPECT_EQ(test, -EBADMSG, pci_tsm_spdm_check_chain(NULL, 0));
}

static struct kunit_case spdm_kunit_cases[] = {
	KUNIT_CASE_PARAM(spdm_vca, vca_gen_params),
	KUNIT_CASE_PARAM(spdm_negotiated, negotiated_gen_params),
	KUNIT_CASE_PARAM(spdm_meas, meas_gen_params),
	KUNIT_CASE(spdm_blocks),
	KUNIT_CASE(spdm_meas_cut),
	KUNIT_CASE(spdm_all_indices),
	KUNIT_CASE(spdm_large_record),
	KUNIT_CASE_PARAM(spdm_chain, chain_gen_params),
	KUNIT_CASE(spdm_large_chain),
	KUNIT_CASE(spdm_missing),
	{}
};

static struct kunit_suite spdm_suite = {
	.name = "pci_tsm_spdm",
	.test_cases = spdm_kunit_cases,
};

kunit_test_suite(spdm_suite);

MODULE_DESCRIPTION("KUnit tests of the SPDM parsers");
MODULE_LICENSE("GPL");
