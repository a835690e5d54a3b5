// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the evidence of a function: what it is named by, what is
 * refused, and that RUN is entered by what was named only
 */

#include <crypto/sha2.h>
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include "../report.h"
#include "fake.h"

static struct fake_dev *evidence_dev(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE);

	test->priv = tsm;
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	return dev;
}

static struct fake_dev *locked_dev(struct kunit *test)
{
	struct fake_dev *dev = evidence_dev(test);

	KUNIT_ASSERT_EQ(test, 0, fake_lock(test->priv, dev));
	return dev;
}

static u64 generation(struct fake_dev *dev)
{
	return pci_tsm_fn_generation(dev->pdev->tsm_fn);
}

static enum pci_tsm_state state(struct fake_dev *dev)
{
	return READ_ONCE(dev->pdev->tsm_fn->state);
}

static u8 *mem(u8 *p, const void *bytes, size_t len)
{
	memcpy(p, bytes, len);
	return p + len;
}

/* What Documentation/PCI/tsm-guest.rst says, once more and by hand */
static size_t canonical(const struct fake_dev *dev, u8 *buf)
{
	/* SPDM 1.2, slot 0, DMTF; SHA-384, ECDSA P-384, SHA-384 */
	static const u8 spdm[] = { 0x12, 0, 1, 0, 4, 0, 0, 0,
				   0x80, 0, 0, 0, 2, 0, 0, 0 };
	/* Index, specification, type and size of each block */
	static const u8 digest[] = { 1, 1, 0, 0, 48, 0 };
	static const u8 svn[] = { 0x10, 1, 0x87, 0, 8, 0 };
	static const u8 info[] = { 0x20, 1, 0x89, 0, 0, 0 };
	static const u64 first_page[] = { 0, 0, 8 };
	static const u64 bar_pages[] = { 4, 16, 16 };
	u8 *p = buf;

	memcpy(p, "PCITSM\x01\x00", 8);
	p += 8;
	p = mem(p, spdm, sizeof(spdm));
	put_unaligned_le32(FAKE_CERTS_LEN, p);
	p += 4;
	p += fake_certificates(dev, p);
	/* Three blocks; the third is informational */
	put_unaligned_le32(3, p);
	p = mem(p + 4, digest, sizeof(digest));
	memset(p, 0xd1, 48);
	p = mem(p + 48, svn, sizeof(svn));
	put_unaligned_le64(dev->svn, p);
	p = mem(p + 8, info, sizeof(info));
	/* LOCK flags: two are known, one is set */
	put_unaligned_le16(3, p);
	put_unaligned_le16(1, p + 2);
	p += 4;
	/* Report: firmware is not updated, no MSI-X, no LNR, no TPH; 3 ranges */
	memcpy(p, dev->report, 2);
	memset(p + 2, 0, 10);
	put_unaligned_le32(3, p + 12);
	p += 16;
	for (int i = 0; i < 3; i++) {
		put_unaligned_le64(first_page[i], p);
		put_unaligned_le64(bar_pages[i], p + 8);
		put_unaligned_le32(i ? 8 : 2, p + 16);
		put_unaligned_le16(0, p + 20);
		put_unaligned_le16(i ? 2 : 0, p + 22);
		p += 24;
	}
	put_unaligned_le32(4, p);
	memset(p + 4, 0x5a, 4);
	return p + 8 - buf;
}

static void evidence_canonical(struct kunit *test)
{
	/* Of the worked example in the documentation */
	static const u8 example[PCI_TSM_DIGEST_SIZE] = {
		0x2c, 0xb6, 0x5d, 0x69, 0x89, 0x27, 0xc7, 0x14,
		0x0f, 0x62, 0x26, 0xca, 0xdf, 0x46, 0x3c, 0x61,
		0x87, 0x98, 0x8c, 0xf4, 0x27, 0xf2, 0xf4, 0x73,
		0xc2, 0xc5, 0x4c, 0x79, 0x89, 0xef, 0x5a, 0x2f,
		0x4f, 0x34, 0xc9, 0xd0, 0x48, 0xfe, 0x4f, 0x41,
		0x76, 0x5a, 0xc6, 0xe3, 0x6c, 0x20, 0xee, 0x26,
	};
	struct fake_dev *dev = evidence_dev(test);
	u8 *buf = kunit_kzalloc(test, SZ_1K, GFP_KERNEL);
	u8 seen[PCI_TSM_DIGEST_SIZE], expected[PCI_TSM_DIGEST_SIZE];

	KUNIT_ASSERT_NOT_NULL(test, buf);
	dev->cert = 0x42;
	dev->svn = 1;
	KUNIT_ASSERT_EQ(test, 0, fake_lock(test->priv, dev));

	sha384(buf, canonical(dev, buf), expected);
	fake_digest(test, dev, seen);
	KUNIT_EXPECT_MEMEQ(test, seen, expected, sizeof(seen));
	KUNIT_EXPECT_MEMEQ(test, seen, example, sizeof(seen));
}

struct same_case {
	const char *name;
	void (*change)(struct fake_dev *dev);
	bool same;
};

static void change_nothing(struct fake_dev *dev)
{
}

static void change_order(struct fake_dev *dev)
{
	dev->reverse = true;
}

static void change_info(struct fake_dev *dev)
{
	dev->info++;
}

/* The host chose other addresses, by MMIO_REPORTING_OFFSET */
static void change_addresses(struct fake_dev *dev)
{
	for (int i = 0; i < 3; i++)
		dev->report[16 + 16 * i + 5] += 3;
}

static void change_svn(struct fake_dev *dev)
{
	dev->svn++;
}

static void change_cert(struct fake_dev *dev)
{
	dev->cert++;
}

static void change_info_bits(struct fake_dev *dev)
{
	dev->report[0] ^= 2;
}

static void change_pages(struct fake_dev *dev)
{
	dev->report[16 + 8]--;
}

static void change_place(struct fake_dev *dev)
{
	dev->report[16 + 32]++;
	dev->report[16 + 32 + 8]--;
}

/* The first range of a BAR: what is at its beginning is not what was seen */
static void change_first(struct fake_dev *dev)
{
	dev->report[16]++;
}

static void change_attributes(struct fake_dev *dev)
{
	dev->report[16 + 32 + 12] ^= PCI_TSM_RANGE_ATTR_UPDATABLE;
}

static void change_id(struct fake_dev *dev)
{
	dev->report[16 + 14]++;
}

static void change_device_info(struct fake_dev *dev)
{
	dev->report[dev->report_len - 1]++;
}

static const struct same_case same_cases[] = {
	{ "nothing", change_nothing, true },
	{ "order of the measurements", change_order, true },
	{ "informational measurement", change_info, true },
	{ "addresses", change_addresses, true },
	{ "security version", change_svn, false },
	{ "certificate", change_cert, false },
	{ "INTERFACE_INFO", change_info_bits, false },
	{ "size of a range", change_pages, false },
	{ "place of a range", change_place, false },
	{ "place of the first range of a BAR", change_first, false },
	{ "attributes of a range", change_attributes, false },
	{ "BAR of a range", change_id, false },
	{ "device-specific information", change_device_info, false },
};

KUNIT_ARRAY_PARAM_DESC(same, same_cases, name);

/* Locked, verified, locked again: accepted by digest only if nothing changed */
static void evidence_same(struct kunit *test)
{
	const struct same_case *c = test->param_value;
	struct fake_dev *dev = locked_dev(test);
	struct fake_tsm *tsm = test->priv;
	u8 before[PCI_TSM_DIGEST_SIZE], after[PCI_TSM_DIGEST_SIZE];
	u64 gen = generation(dev);

	fake_digest(test, dev, before);
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(tsm, dev));
	c->change(dev);
	KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, dev));
	fake_digest(test, dev, after);

	KUNIT_EXPECT_NE(test, generation(dev), gen);
	KUNIT_EXPECT_EQ(test, !memcmp(before, after, sizeof(before)), c->same);
	KUNIT_EXPECT_EQ(test, fake_accept_digest(dev, before),
			c->same ? 1 : -ESTALE);
	KUNIT_EXPECT_EQ(test, state(dev),
			c->same ? PCI_TSM_RUN : PCI_TSM_LOCKED);
	fake_check(tsm, dev);
}

static void evidence_refresh(struct kunit *test)
{
	struct fake_dev *dev = locked_dev(test);
	struct pci_tsm_fn *fn = dev->pdev->tsm_fn;
	u8 first[PCI_TSM_DIGEST_SIZE], digest[PCI_TSM_DIGEST_SIZE];
	u8 *old = kunit_kzalloc(test, SZ_1K, GFP_KERNEL);
	u8 *new = kunit_kzalloc(test, SZ_1K, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, old);
	KUNIT_ASSERT_NOT_NULL(test, new);
	fake_digest(test, dev, first);
	for (int i = 0; i < 3; i++) {
		struct pci_tsm_evidence *ev;
		u64 gen = generation(dev);

		KUNIT_ASSERT_EQ(test, 0, fake_refresh(dev));
		KUNIT_EXPECT_GT(test, generation(dev), gen);
		fake_digest(test, dev, digest);
		KUNIT_EXPECT_MEMEQ(test, digest, first, sizeof(first));

		ev = pci_tsm_fn_evidence(fn);
		KUNIT_ASSERT_NOT_NULL(test, ev);
		KUNIT_EXPECT_GT(test,
				pci_tsm_evidence_read(ev, PCI_TSM_MEASUREMENTS,
						      test, new, 0, SZ_1K), 0);
		pci_tsm_evidence_put(ev);
		KUNIT_EXPECT_MEMEQ(test, new + 4, fake_nonce, sizeof(fake_nonce));
		KUNIT_EXPECT_MEMNEQ(test, new, old, SZ_1K);
		swap(old, new);
	}
	fake_check(test->priv, dev);
}

/* In each state, and with the device changed or not */
static void evidence_refresh_states(struct kunit *test)
{
	struct fake_dev *dev = evidence_dev(test);
	struct fake_tsm *tsm = test->priv;
	u8 digest[PCI_TSM_DIGEST_SIZE];

	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &fake_driver));
	KUNIT_EXPECT_EQ(test, -EINVAL, fake_refresh(dev));
	KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, dev));
	fake_digest(test, dev, digest);
	KUNIT_ASSERT_EQ(test, 1, fake_accept_digest(dev, digest));
	KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));
	KUNIT_EXPECT_TRUE(test, dev->dma);

	KUNIT_EXPECT_EQ(test, 0, fake_refresh(dev));
	KUNIT_EXPECT_EQ(test, state(dev), PCI_TSM_RUN);
	KUNIT_EXPECT_TRUE(test, dev->dma);

	dev->svn++;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, fake_refresh(dev));
	KUNIT_EXPECT_EQ(test, state(dev), PCI_TSM_ERROR);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_EQ(test, -EIO, fake_refresh(dev));

	/* Its driver does not have to be told to go */
	KUNIT_EXPECT_EQ(test, 0, fake_unlock(tsm, dev));
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	fake_check(tsm, dev);
}

/* Nobody is attached on evidence that the TSM does not hold for current */
static void evidence_refresh_fails(struct kunit *test)
{
	struct fake_dev *dev = locked_dev(test);
	struct fake_tsm *tsm = test->priv;
	u64 gen = generation(dev);

	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &fake_driver));
	fake_fail(tsm, "collect", 1, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, fake_refresh(dev));
	KUNIT_EXPECT_EQ(test, state(dev), PCI_TSM_LOCKED);
	KUNIT_EXPECT_NE(test, generation(dev), gen);
	KUNIT_EXPECT_NULL(test, pci_tsm_fn_evidence(dev->pdev->tsm_fn));
	KUNIT_EXPECT_EQ(test, -ESTALE, fake_accept(dev));
	fake_check(tsm, dev);
	KUNIT_EXPECT_EQ(test, 0, fake_refresh(dev));
	KUNIT_ASSERT_EQ(test, 1, fake_accept(dev));

	fake_fail(tsm, "collect", 1, -EBADMSG);
	KUNIT_EXPECT_EQ(test, -EBADMSG, fake_refresh(dev));
	KUNIT_EXPECT_EQ(test, state(dev), PCI_TSM_RUN);
	KUNIT_EXPECT_EQ(test, -ESTALE, fake_bind(dev));
	fake_check(tsm, dev);
	KUNIT_EXPECT_EQ(test, 0, fake_refresh(dev));
	KUNIT_EXPECT_EQ(test, 0, fake_bind(dev));
	fake_check(tsm, dev);
	fake_unbind(dev);

	/* The device dies of it */
	fake_fail(tsm, "collect", 1, -EIO);
	tsm->fail_dead = true;
	KUNIT_EXPECT_EQ(test, -EIO, fake_refresh(dev));
	KUNIT_EXPECT_EQ(test, state(dev), PCI_TSM_ERROR);
	KUNIT_EXPECT_EQ(test, 0, fake_unlock(tsm, dev));
	fake_check(tsm, dev);
}

static void evidence_accept(struct kunit *test)
{
	struct fake_dev *dev = locked_dev(test);
	struct fake_tsm *tsm = test->priv;
	u8 digest[PCI_TSM_DIGEST_SIZE];

	fake_digest(test, dev, digest);
	for (int i = 0; i < PCI_TSM_DIGEST_SIZE; i++) {
		digest[i] ^= 0x10;
		KUNIT_EXPECT_EQ(test, -ESTALE, fake_accept_digest(dev, digest));
		digest[i] ^= 0x10;
	}
	KUNIT_EXPECT_EQ(test, state(dev), PCI_TSM_LOCKED);
	fake_check(tsm, dev);

	KUNIT_EXPECT_EQ(test, 1, fake_accept_digest(dev, digest));
	KUNIT_EXPECT_EQ(test, 0, fake_accept_digest(dev, digest));
	KUNIT_EXPECT_EQ(test, 0, fake_accept(dev));
	digest[0]++;
	KUNIT_EXPECT_EQ(test, -ESTALE, fake_accept_digest(dev, digest));
	KUNIT_EXPECT_EQ(test, state(dev), PCI_TSM_RUN);
	fake_check(tsm, dev);
}

/* A device that takes firmware updates while LOCKED is measured once more */
static void evidence_may_update(struct kunit *test)
{
	struct fake_dev *dev = evidence_dev(test);
	struct fake_tsm *tsm = test->priv;

	dev->report[0] = 0;
	KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, dev));
	dev->svn++;
	KUNIT_EXPECT_EQ(test, -ESTALE, fake_accept(dev));
	KUNIT_EXPECT_EQ(test, state(dev), PCI_TSM_LOCKED);
	fake_check(tsm, dev);

	/* What is there now can be accepted */
	fake_fail(tsm, "collect", 1, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, fake_accept(dev));
	KUNIT_EXPECT_EQ(test, state(dev), PCI_TSM_LOCKED);
	KUNIT_EXPECT_EQ(test, 0, fake_refresh(dev));
	KUNIT_EXPECT_EQ(test, 1, fake_accept(dev));
	KUNIT_EXPECT_EQ(test, dev->collections, 5);
	fake_check(tsm, dev);
	KUNIT_EXPECT_EQ(test, 0, fake_unlock(tsm, dev));

	/* The update comes between the measurement and RUN */
	KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, dev));
	dev->svn_at_run = 1;
	KUNIT_EXPECT_EQ(test, -ESTALE, fake_accept(dev));
	KUNIT_EXPECT_EQ(test, state(dev), PCI_TSM_ERROR);
	KUNIT_EXPECT_EQ(test, 0, fake_unlock(tsm, dev));
	fake_check(tsm, dev);
}

static void evidence_other_nonce(struct kunit *test)
{
	struct fake_dev *dev = evidence_dev(test);

	dev->other_nonce = true;
	KUNIT_EXPECT_EQ(test, -ESTALE, fake_lock(test->priv, dev));
	KUNIT_EXPECT_EQ(test, state(dev), PCI_TSM_UNLOCKED);
	fake_check(test->priv, dev);
}

struct bad_case {
	const char *name;
	enum pci_tsm_object object;
	size_t len;
};

static const struct bad_case bad_cases[] = {
	{ "empty certificates", PCI_TSM_CERTIFICATES, 0 },
	{ "certificates that are none", PCI_TSM_CERTIFICATES, 100 },
	{ "too large a VCA", PCI_TSM_VCA, PCI_TSM_VCA_MAX + 1 },
	{ "too many certificates", PCI_TSM_CERTIFICATES, PCI_TSM_OBJECT_MAX + 1 },
	{ "empty VCA", PCI_TSM_VCA, 0 },
	{ "VCA that is none", PCI_TSM_VCA, 104 },
	{ "empty measurements", PCI_TSM_MEASUREMENTS, 0 },
	{ "measurements that are none", PCI_TSM_MEASUREMENTS, 256 },
	{ "empty report", PCI_TSM_REPORT, 0 },
	{ "report that is none", PCI_TSM_REPORT, 19 },
	{ "too large a report", PCI_TSM_REPORT, PCI_TSM_REPORT_MAX + 1 },
};

KUNIT_ARRAY_PARAM_DESC(bad, bad_cases, name);

KUNIT_DEFINE_ACTION_WRAPPER(kvfree_action, kvfree, const void *);

static void replace(struct kunit *test, struct fake_dev *dev,
		    enum pci_tsm_object object, size_t len)
{
	dev->replace = kvzalloc(max(len, 1), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dev->replace);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, kvfree_action,
							   dev->replace));
	dev->replace_len = len;
	dev->replaced = object;
}

static void evidence_bad(struct kunit *test)
{
	const struct bad_case *c = test->param_value;
	struct fake_dev *dev = evidence_dev(test);

	replace(test, dev, c->object, c->len);
	KUNIT_EXPECT_EQ(test, -EBADMSG, fake_lock(test->priv, dev));
	KUNIT_EXPECT_EQ(test, state(dev), PCI_TSM_UNLOCKED);
	fake_check(test->priv, dev);

	dev->replace = NULL;
	KUNIT_EXPECT_EQ(test, 0, fake_lock(test->priv, dev));
	fake_check(test->priv, dev);
}

/* One certificate of 16 MiB, and a report of 65535 bytes with 4094 ranges */
static void evidence_largest(struct kunit *test)
{
	struct fake_dev *dev = evidence_dev(test);
	const u32 n = (PCI_TSM_REPORT_MAX - 20) / 16;
	u8 *p;

	replace(test, dev, PCI_TSM_CERTIFICATES, PCI_TSM_OBJECT_MAX);
	p = dev->replace;
	p[0] = 0x30;
	p[1] = 0x83;
	put_unaligned_be24(PCI_TSM_OBJECT_MAX - 5, p + 2);
	p[5] = 0x30;
	p[6] = 0x30;
	KUNIT_EXPECT_EQ(test, 0, fake_lock(test->priv, dev));
	KUNIT_EXPECT_EQ(test, 1, fake_accept(dev));
	KUNIT_EXPECT_EQ(test, 0, fake_unlock(test->priv, dev));

	/* Well-formed, but not what the BARs of the function hold */
	replace(test, dev, PCI_TSM_REPORT, PCI_TSM_REPORT_MAX);
	p = dev->replace;
	p[0] = 1;
	put_unaligned_le32(n, p + 12);
	for (u32 i = 0; i < n; i++) {
		put_unaligned_le64(i, p + 16 + i * 16);
		put_unaligned_le32(1, p + 16 + i * 16 + 8);
	}
	put_unaligned_le32(PCI_TSM_REPORT_MAX - 20 - n * 16, p + 16 + n * 16);
	KUNIT_EXPECT_EQ(test, 0, fake_lock(test->priv, dev));
	KUNIT_EXPECT_EQ(test, -EBADMSG, fake_accept(dev));
	KUNIT_EXPECT_EQ(test, state(dev), PCI_TSM_LOCKED);
	fake_check(test->priv, dev);
}

/* Nobody gets the start of one object and the end of another */
static void evidence_readers(struct kunit *test)
{
	struct fake_dev *dev = locked_dev(test);
	struct pci_tsm_fn *fn = dev->pdev->tsm_fn;
	struct pci_tsm_evidence *ev = pci_tsm_fn_evidence(fn);
	static u8 first, second, other[1000];
	char buf[16];

	KUNIT_ASSERT_NOT_NULL(test, ev);
	KUNIT_EXPECT_EQ(test, -ESTALE,
			pci_tsm_evidence_read(ev, PCI_TSM_VCA, &first, buf, 4, 8));
	KUNIT_EXPECT_EQ(test, 4,
			pci_tsm_evidence_read(ev, PCI_TSM_VCA, &first, buf, 0, 4));
	KUNIT_EXPECT_MEMEQ(test, buf, "\x10\x84\x00\x00", 4);
	KUNIT_EXPECT_EQ(test, 8,
			pci_tsm_evidence_read(ev, PCI_TSM_VCA, &first, buf, 4, 8));
	KUNIT_EXPECT_MEMEQ(test, buf, "\x10\x04\x00\x00\x00\x01\x00\x12", 8);
	KUNIT_EXPECT_EQ(test, 0,
			pci_tsm_evidence_read(ev, PCI_TSM_VCA, &first, buf, 4096,
					      8));
	pci_tsm_evidence_put(ev);

	KUNIT_ASSERT_EQ(test, 0, fake_refresh(dev));
	ev = pci_tsm_fn_evidence(fn);
	KUNIT_ASSERT_NOT_NULL(test, ev);
	KUNIT_EXPECT_EQ(test, 4,
			pci_tsm_evidence_read(ev, PCI_TSM_VCA, &second, buf, 0, 4));
	KUNIT_EXPECT_EQ(test, -ESTALE,
			pci_tsm_evidence_read(ev, PCI_TSM_VCA, &first, buf, 12, 4));

	/* Many at once: none goes on that has not begun, nothing grows */
	for (int i = 0; i < ARRAY_SIZE(other); i++)
		KUNIT_EXPECT_EQ(test, 4,
				pci_tsm_evidence_read(ev, PCI_TSM_VCA, &other[i],
						      buf, 0, 4));
	KUNIT_EXPECT_EQ(test, -ESTALE,
			pci_tsm_evidence_read(ev, PCI_TSM_VCA, &second, buf, 4, 4));
	KUNIT_EXPECT_EQ(test, 4,
			pci_tsm_evidence_read(ev, PCI_TSM_VCA,
					      &other[ARRAY_SIZE(other) - 1],
					      buf, 4, 4));

	/* A reader may be there when the function is unlocked */
	KUNIT_EXPECT_EQ(test, 0, fake_unlock(test->priv, dev));
	KUNIT_EXPECT_NULL(test, pci_tsm_fn_evidence(fn));
	KUNIT_EXPECT_EQ(test, 4,
			pci_tsm_evidence_read(ev, PCI_TSM_VCA,
					      &other[ARRAY_SIZE(other) - 1],
					      buf, 8, 4));
	pci_tsm_evidence_put(ev);
	fake_check(test->priv, dev);
}

static struct kunit_case evidence_cases[] = {
	KUNIT_CASE(evidence_canonical),
	KUNIT_CASE_PARAM(evidence_same, same_gen_params),
	KUNIT_CASE(evidence_refresh),
	KUNIT_CASE(evidence_refresh_states),
	KUNIT_CASE(evidence_refresh_fails),
	KUNIT_CASE(evidence_accept),
	KUNIT_CASE(evidence_may_update),
	KUNIT_CASE(evidence_other_nonce),
	KUNIT_CASE_PARAM(evidence_bad, bad_gen_params),
	KUNIT_CASE(evidence_largest),
	KUNIT_CASE(evidence_readers),
	{}
};

static struct kunit_suite evidence_suite = {
	.name = "pci_tsm_evidence",
	.test_cases = evidence_cases,
};

kunit_test_suite(evidence_suite);

MODULE_DESCRIPTION("KUnit tests of the evidence of PCI functions");
MODULE_LICENSE("GPL");
