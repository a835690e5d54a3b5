// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the tsm/ attributes: what may be written, what is read */

#include <kunit/test.h>
#include <linux/device.h>
#include <linux/kernfs.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sysfs.h>
#include <linux/tsm.h>
#include "fake.h"

static struct fake_dev *sysfs_dev(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE);

	test->priv = tsm;
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &fake_driver));
	fake_tsm_probe(tsm);
	return dev;
}

static ssize_t store(struct fake_dev *dev, struct device_attribute *attr,
		     const char *val)
{
	return attr->store(&dev->pdev->dev, attr, val, strlen(val));
}

static const char *show(struct kunit *test, struct fake_dev *dev,
			struct device_attribute *attr)
{
	/* sysfs_emit() insists on a page */
	char *buf = (char *)get_zeroed_page(GFP_KERNEL);
	char *copy;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	attr->show(&dev->pdev->dev, attr, buf);
	copy = kunit_kstrdup(test, buf, GFP_KERNEL);
	free_page((unsigned long)buf);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	return copy;
}

static void expect_show(struct kunit *test, struct fake_dev *dev,
			struct device_attribute *attr, const char *val)
{
	KUNIT_EXPECT_STREQ_MSG(test, show(test, dev, attr), val, "%s",
			       attr->attr.name);
}

/* "tsmN" and @suffix, with the number of the registered TSM */
static const char *tsm_name(struct kunit *test, const char *suffix)
{
	struct fake_tsm *tsm = test->priv;
	char *name = kunit_kzalloc(test, 16, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, name);
	snprintf(name, 16, "tsm%d%s", tsm->tsm_dev->id, suffix);
	return name;
}

static bool attr_exists(struct fake_dev *dev, const char *name)
{
	struct kernfs_node *dir, *kn = NULL;

	dir = kernfs_find_and_get(dev->pdev->dev.kobj.sd, "tsm");
	if (dir)
		kn = kernfs_find_and_get(dir, name);
	kernfs_put(dir);
	kernfs_put(kn);
	return kn;
}

static void sysfs_life(struct kunit *test)
{
	struct fake_dev *dev = sysfs_dev(test);

	fake_tsm_register(test->priv);
	expect_show(test, dev, &pci_tsm_attr_state, "unlocked\n");
	expect_show(test, dev, &pci_tsm_attr_held, "1\n");
	expect_show(test, dev, &pci_tsm_attr_lock, "\n");
	expect_show(test, dev, &pci_tsm_attr_accept, "0\n");

	KUNIT_EXPECT_EQ(test, 5, store(dev, &pci_tsm_attr_lock,
				       tsm_name(test, "\n")));
	expect_show(test, dev, &pci_tsm_attr_state, "locked\n");
	expect_show(test, dev, &pci_tsm_attr_lock, tsm_name(test, "\n"));
	expect_show(test, dev, &pci_tsm_attr_accept, "0\n");
	expect_show(test, dev, &pci_tsm_attr_held, "1\n");

	KUNIT_EXPECT_EQ(test, 2, store(dev, &pci_tsm_attr_accept, "1\n"));
	expect_show(test, dev, &pci_tsm_attr_state, "run\n");
	expect_show(test, dev, &pci_tsm_attr_accept, "1\n");
	expect_show(test, dev, &pci_tsm_attr_held, "0\n");
	KUNIT_EXPECT_NOT_NULL(test, dev->pdev->dev.driver);

	KUNIT_EXPECT_EQ(test, 1, store(dev, &pci_tsm_attr_accept, "1"));
	KUNIT_EXPECT_EQ(test, -EBUSY, store(dev, &pci_tsm_attr_unlock,
					    tsm_name(test, "")));
	fake_unbind(dev);
	KUNIT_EXPECT_EQ(test, 4, store(dev, &pci_tsm_attr_unlock,
				       tsm_name(test, "")));
	expect_show(test, dev, &pci_tsm_attr_state, "unlocked\n");
	expect_show(test, dev, &pci_tsm_attr_held, "1\n");
	expect_show(test, dev, &pci_tsm_attr_lock, "\n");
	fake_check(test->priv, dev);
}

#define HEX16	"00112233445566aA"
#define HEX95	HEX16 HEX16 HEX16 HEX16 HEX16 "0123456789abcde"
#define HEX96	HEX95 "f"

struct write_case {
	const char *val;
	int lock_rc;
	int accept_rc;
};

/* Malformed names are -EINVAL, well-formed ones of nobody -ENXIO */
static const struct write_case write_cases[] = {
	{ "", -EINVAL, -EINVAL },
	{ "\n", -EINVAL, -EINVAL },
	{ "0", -EINVAL, -EINVAL },
	{ "2", -EINVAL, -EINVAL },
	{ "1 ", -EINVAL, -EINVAL },
	{ "01", -EINVAL, -EINVAL },
	{ "yes", -EINVAL, -EINVAL },
	{ "tsm", -EINVAL, -EINVAL },
	{ "tsm-1", -EINVAL, -EINVAL },
	{ "tsm99x", -EINVAL, -EINVAL },
	{ "tsm99 ", -EINVAL, -EINVAL },
	{ "TSM99", -EINVAL, -EINVAL },
	{ " tsm99", -EINVAL, -EINVAL },
	{ "tsm 99", -EINVAL, -EINVAL },
	{ "tsm+99", -EINVAL, -EINVAL },
	{ "tsm099", -EINVAL, -EINVAL },
	{ "tsm00", -EINVAL, -EINVAL },
	{ "tsm4294967296", -EINVAL, -EINVAL },
	{ "tsm99", -ENXIO, -EINVAL },
	{ "tsm99\n", -ENXIO, -EINVAL },
	{ "sha384:00", -EINVAL, -EINVAL },
	{ "sha384:" HEX96, -EINVAL, -ESTALE },
	{ "sha384:" HEX96 "\n", -EINVAL, -ESTALE },
	{ "sha384:" HEX96 "0", -EINVAL, -EINVAL },
	{ "sha384:" HEX96 " ", -EINVAL, -EINVAL },
	{ "sha384:" HEX95, -EINVAL, -EINVAL },
	{ "sha384:" HEX95 "g", -EINVAL, -EINVAL },
	{ "sha384:" HEX95 "\n", -EINVAL, -EINVAL },
	{ "sha384: " HEX95, -EINVAL, -EINVAL },
	{ "sha256:" HEX96, -EINVAL, -EINVAL },
	{ "SHA384:" HEX96, -EINVAL, -EINVAL },
	{ HEX96, -EINVAL, -EINVAL },
};

static void write_desc(const struct write_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu bytes: %.*s", strlen(c->val),
		 min((int)strcspn(c->val, "\n"), 24), c->val);
}

KUNIT_ARRAY_PARAM(write, write_cases, write_desc);

static void sysfs_bad_write(struct kunit *test)
{
	const struct write_case *c = test->param_value;
	struct fake_dev *dev = sysfs_dev(test);

	fake_tsm_register(test->priv);
	KUNIT_EXPECT_EQ(test, c->lock_rc,
			store(dev, &pci_tsm_attr_lock, c->val));
	expect_show(test, dev, &pci_tsm_attr_state, "unlocked\n");

	KUNIT_ASSERT_EQ(test, 4, store(dev, &pci_tsm_attr_lock,
				       tsm_name(test, "")));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			store(dev, &pci_tsm_attr_unlock, c->val));
	KUNIT_EXPECT_EQ(test, c->accept_rc,
			store(dev, &pci_tsm_attr_accept, c->val));
	expect_show(test, dev, &pci_tsm_attr_state, "locked\n");
	fake_check(test->priv, dev);
}

static const struct bin_attribute *bin_attr(struct kunit *test, const char *name)
{
	for (int i = 0; pci_tsm_guest_bin_attrs[i]; i++)
		if (!strcmp(pci_tsm_guest_bin_attrs[i]->attr.name, name))
			return pci_tsm_guest_bin_attrs[i];

	KUNIT_FAIL_AND_ABORT(test, "no attribute %s", name);
}

static ssize_t bin_read(struct kunit *test, struct fake_dev *dev,
			const char *name, char *buf, loff_t pos, size_t len)
{
	const struct bin_attribute *attr = bin_attr(test, name);
	struct file *file = (struct file *)test;

	return attr->read(file, &dev->pdev->dev.kobj, attr, buf, pos, len);
}

static ssize_t nonce_write(struct kunit *test, struct fake_dev *dev, loff_t pos,
			   size_t len)
{
	const struct bin_attribute *attr = bin_attr(test, "nonce");
	char *buf = kunit_kzalloc(test, max(len, 1), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	memset(buf, 0x77, len);
	return attr->write(NULL, &dev->pdev->dev.kobj, attr, buf, pos, len);
}

static void sysfs_evidence(struct kunit *test)
{
	static const char * const names[] = { "certificates", "vca",
					      "measurements", "report" };
	static const size_t bad_len[] = { 0, 1, 31, 33, 64, 4096 };
	struct fake_dev *dev = sysfs_dev(test);
	char *buf = kunit_kzalloc(test, SZ_1K, GFP_KERNEL);
	const char *digest, *gen;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	fake_tsm_register(test->priv);
	for (int i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_EQ(test, -ENODATA,
				bin_read(test, dev, names[i], buf, 0, SZ_1K));
	expect_show(test, dev, &pci_tsm_attr_evidence_digest, "");
	expect_show(test, dev, &pci_tsm_attr_evidence_generation, "0\n");
	expect_show(test, dev, &pci_tsm_attr_lock_flags, "");
	KUNIT_EXPECT_EQ(test, -EINVAL,
			nonce_write(test, dev, 0, PCI_TSM_NONCE_SIZE));

	KUNIT_ASSERT_EQ(test, 4, store(dev, &pci_tsm_attr_lock,
				       tsm_name(test, "")));
	digest = show(test, dev, &pci_tsm_attr_evidence_digest);
	KUNIT_EXPECT_EQ(test, strlen(digest), 7 + 96 + 1);
	KUNIT_EXPECT_TRUE(test, strstarts(digest, "sha384:"));
	gen = show(test, dev, &pci_tsm_attr_evidence_generation);
	expect_show(test, dev, &pci_tsm_attr_lock_flags, "0x0001/0x0003\n");

	for (int i = 0; i < ARRAY_SIZE(bad_len); i++)
		KUNIT_EXPECT_EQ(test, -EINVAL,
				nonce_write(test, dev, 0, bad_len[i]));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			nonce_write(test, dev, 1, PCI_TSM_NONCE_SIZE));
	expect_show(test, dev, &pci_tsm_attr_evidence_generation, gen);
	KUNIT_EXPECT_EQ(test, PCI_TSM_NONCE_SIZE,
			nonce_write(test, dev, 0, PCI_TSM_NONCE_SIZE));
	expect_show(test, dev, &pci_tsm_attr_evidence_digest, digest);
	KUNIT_EXPECT_STRNEQ(test, gen,
			    show(test, dev, &pci_tsm_attr_evidence_generation));

	for (int i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_GT(test, bin_read(test, dev, names[i], buf, 0, SZ_1K),
				0);
	KUNIT_EXPECT_EQ(test, 10,
			bin_read(test, dev, "measurements", buf, 4, 10));
	KUNIT_EXPECT_MEMEQ(test, buf, "wwwwwwwwww", 10);

	KUNIT_EXPECT_EQ(test, strlen(digest),
			store(dev, &pci_tsm_attr_accept, digest));
	expect_show(test, dev, &pci_tsm_attr_state, "run\n");
	fake_check(test->priv, dev);
}

/* state and held always, the rest from the first TSM on */
static void sysfs_visibility(struct kunit *test)
{
	static const char * const need_tsm[] = { "lock", "unlock", "accept",
						 "evidence_digest",
						 "evidence_generation",
						 "lock_flags", "restore",
						 "restore_count",
						 "restore_status" };
	struct fake_dev *dev = sysfs_dev(test);
	struct fake_tsm *tsm = test->priv;

	KUNIT_EXPECT_TRUE(test, attr_exists(dev, "state"));
	KUNIT_EXPECT_TRUE(test, attr_exists(dev, "held"));
	KUNIT_EXPECT_FALSE(test, attr_exists(dev, "connect"));
	for (int i = 0; i < ARRAY_SIZE(need_tsm); i++)
		KUNIT_EXPECT_FALSE(test, attr_exists(dev, need_tsm[i]));

	for (int round = 0; round < 2; round++) {
		const char *name;

		fake_tsm_register(tsm);
		for (int i = 0; i < ARRAY_SIZE(need_tsm); i++)
			KUNIT_EXPECT_TRUE(test, attr_exists(dev, need_tsm[i]));

		/* They stay without one, but there is nobody to turn to */
		name = tsm_name(test, "");
		fake_tsm_unregister(tsm);
		KUNIT_EXPECT_EQ(test, -ENXIO,
				store(dev, &pci_tsm_attr_lock, name));
	}
	KUNIT_EXPECT_TRUE(test, attr_exists(dev, "state"));
}

/* A function that comes after the TSM has all of them at once */
static void sysfs_hot_add(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE);

	fake_tsm_register(tsm);
	fake_tsm_probe(tsm);
	KUNIT_EXPECT_TRUE(test, attr_exists(dev, "state"));
	KUNIT_EXPECT_TRUE(test, attr_exists(dev, "lock"));
	KUNIT_EXPECT_TRUE(test, attr_exists(dev, "accept"));
}

/* Other functions do not even have an empty directory */
static void sysfs_plain(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev = fake_dev_add(tsm, 1, 0);

	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	KUNIT_EXPECT_FALSE(test, attr_exists(dev, "state"));
	KUNIT_EXPECT_FALSE(test, attr_exists(dev, "lock"));
	KUNIT_EXPECT_NULL(test, kernfs_find_and_get(dev->pdev->dev.kobj.sd, "tsm"));
}

static struct kunit_case sysfs_cases[] = {
	KUNIT_CASE(sysfs_life),
	KUNIT_CASE_PARAM(sysfs_bad_write, write_gen_params),
	KUNIT_CASE(sysfs_evidence),
	KUNIT_CASE(sysfs_visibility),
	KUNIT_CASE(sysfs_hot_add),
	KUNIT_CASE(sysfs_plain),
	{}
};

static struct kunit_suite sysfs_suite = {
	.name = "pci_tsm_sysfs",
	.test_cases = sysfs_cases,
};

kunit_test_suite(sysfs_suite);

MODULE_DESCRIPTION("KUnit tests of the tsm/ attributes of PCI devices");
MODULE_LICENSE("GPL");
