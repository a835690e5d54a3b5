// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for KUnit-managed software PCI functions that are VFs.
 */

#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/unaligned.h>

#include <kunit/pci.h>
#include <kunit/test.h>

/* No driver of the kernel asks for this one */
#define TEST_VENDOR	0x1b36
#define TEST_DEVICE	0x5afe
#define TEST_CLASS	0xff0000
#define VF_DEVFN	PCI_DEVFN(2, 0)

/* The SR-IOV capability, without its header */
struct sriov {
	u8 regs[PCI_EXT_CAP_SRIOV_SIZEOF - 4];
	u8 wmask[PCI_EXT_CAP_SRIOV_SIZEOF - 4];
};

static void set16(u8 *image, int reg, u16 val)
{
	put_unaligned_le16(val, image + reg - 4);
}

struct pci_iov_test {
	struct kunit_pci_host *host;
	struct kunit_pci_func *pf;
	struct kunit_pci_func *vf;
	struct kunit_pci_func_desc vf_desc;
};

static int pci_iov_test_init(struct kunit *test)
{
	struct sriov sriov = {};
	const struct kunit_pci_cap cap = {
		.id = PCI_EXT_CAP_ID_SRIOV,
		.ext = true,
		.version = 1,
		.size = sizeof(sriov.regs),
		.data = sriov.regs,
		.wmask = sriov.wmask,
	};
	struct kunit_pci_func_desc desc = {
		.devfn = PCI_DEVFN(1, 0),
		.vendor = TEST_VENDOR,
		.device = TEST_DEVICE,
		.class = TEST_CLASS,
		.devcap = PCI_EXP_DEVCAP_FLR,
		.exp_type = PCI_EXP_TYPE_RC_END,
		.caps = &cap,
		.num_caps = 1,
	};
	struct pci_iov_test *ctx;

	if (!IS_ENABLED(CONFIG_PCI_IOV))
		kunit_skip(test, "no CONFIG_PCI_IOV");

	set16(sriov.regs, PCI_SRIOV_INITIAL_VF, 1);
	set16(sriov.regs, PCI_SRIOV_TOTAL_VF, 1);
	set16(sriov.regs, PCI_SRIOV_VF_OFFSET, VF_DEVFN - PCI_DEVFN(1, 0));
	set16(sriov.regs, PCI_SRIOV_VF_DID, TEST_DEVICE + 1);
	set16(sriov.regs, PCI_SRIOV_SUP_PGSIZE, 0x553);
	set16(sriov.wmask, PCI_SRIOV_CTRL, U16_MAX);
	set16(sriov.wmask, PCI_SRIOV_NUM_VF, U16_MAX);
	set16(sriov.wmask, PCI_SRIOV_SYS_PGSIZE, U16_MAX);
	put_unaligned_le32(~(SZ_64K - 1), sriov.wmask + PCI_SRIOV_BAR - 4);

	ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx);
	test->priv = ctx;

	ctx->host = kunit_pci_host_create(test);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ctx->host);
	ctx->pf = kunit_pci_func_add(ctx->host, &desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ctx->pf);

	ctx->vf_desc = (struct kunit_pci_func_desc) {
		.devfn = VF_DEVFN,
		.class = TEST_CLASS,
		.exp_type = PCI_EXP_TYPE_RC_END,
		.pf = ctx->pf,
	};
	ctx->vf = kunit_pci_func_add(ctx->host, &ctx->vf_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ctx->vf);
	KUNIT_ASSERT_EQ(test, kunit_pci_host_probe(ctx->host), 0);

	return 0;
}

static void pci_iov_test_disable(void *pf)
{
	pci_lock_rescan_remove();
	pci_disable_sriov(pf);
	pci_unlock_rescan_remove();
}

/* Enable the VF and return its device; it is gone when the test completes */
static struct pci_dev *pci_iov_test_enable(struct kunit *test, struct pci_dev *pf)
{
	struct pci_iov_test *ctx = test->priv;
	struct pci_dev *vf;
	int ret;

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, pci_iov_test_disable, pf), 0);
	pci_lock_rescan_remove();
	ret = pci_enable_sriov(pf, 1);
	pci_unlock_rescan_remove();
	KUNIT_ASSERT_EQ(test, ret, 0);
	vf = kunit_pci_func_get_dev(test, ctx->vf);
	KUNIT_ASSERT_NOT_NULL(test, vf);

	return vf;
}

static struct pci_dev *pci_iov_test_pf(struct kunit *test)
{
	struct pci_iov_test *ctx = test->priv;
	struct pci_dev *pf = kunit_pci_func_get_dev(test, ctx->pf);

	KUNIT_ASSERT_NOT_NULL(test, pf);
	return pf;
}

/* Nobody but the PF finds a VF, and it has from the PF what a VF has not. */
static void pci_iov_test_enumerate(struct kunit *test)
{
	struct pci_iov_test *ctx = test->priv;
	struct pci_dev *pf = pci_iov_test_pf(test);
	struct pci_dev *vf;
	u16 word;

	KUNIT_EXPECT_NULL(test, kunit_pci_func_get_dev(test, ctx->vf));
	vf = pci_iov_test_enable(test, pf);
	KUNIT_EXPECT_TRUE(test, vf->is_virtfn);
	KUNIT_EXPECT_PTR_EQ(test, pci_physfn(vf), pf);
	KUNIT_EXPECT_EQ(test, vf->vendor, TEST_VENDOR);
	KUNIT_EXPECT_EQ(test, vf->device, TEST_DEVICE + 1);
	KUNIT_EXPECT_EQ(test, pci_resource_len(vf, 0), SZ_64K);

	pci_read_config_word(vf, PCI_VENDOR_ID, &word);
	KUNIT_EXPECT_EQ(test, word, U16_MAX);
	pci_write_config_word(vf, PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	pci_read_config_word(vf, PCI_COMMAND, &word);
	KUNIT_EXPECT_EQ(test, word, PCI_COMMAND_MASTER);
}

/* A reset of the PF clears VF Enable, and takes the VF along. */
static void pci_iov_test_reset(struct kunit *test)
{
	struct pci_dev *pf = pci_iov_test_pf(test);
	struct pci_dev *vf = pci_iov_test_enable(test, pf);
	u32 class;
	u16 word;

	pci_set_master(vf);
	pf->imm_ready = 1;
	scoped_guard(device, &pf->dev) {
		pci_save_state(pf);
		KUNIT_EXPECT_EQ(test, pcie_flr(pf), 0);
		pci_read_config_dword(vf, PCI_CLASS_REVISION, &class);
		KUNIT_EXPECT_EQ(test, class, U32_MAX);
		pci_write_config_word(vf, PCI_COMMAND, PCI_COMMAND_MASTER);
		pci_restore_state(pf);
	}

	pci_read_config_dword(vf, PCI_CLASS_REVISION, &class);
	KUNIT_EXPECT_EQ(test, class, TEST_CLASS << 8);
	pci_read_config_word(vf, PCI_COMMAND, &word);
	KUNIT_EXPECT_EQ(test, word, 0);
}

/* What is pulled out has no VFs. */
static void pci_iov_test_vanish(struct kunit *test)
{
	struct pci_iov_test *ctx = test->priv;
	struct pci_dev *vf = pci_iov_test_enable(test, pci_iov_test_pf(test));
	u32 class;

	kunit_pci_func_set_present(ctx->pf, false);
	pci_read_config_dword(vf, PCI_CLASS_REVISION, &class);
	KUNIT_EXPECT_EQ(test, class, U32_MAX);
	/* Without VF Enable, until somebody sets it again */
	kunit_pci_func_set_present(ctx->pf, true);
	pci_read_config_dword(vf, PCI_CLASS_REVISION, &class);
	KUNIT_EXPECT_EQ(test, class, U32_MAX);
}

/* A VF has no BARs, and a PF that can have VFs. */
static void pci_iov_test_bad_desc(struct kunit *test)
{
	struct pci_iov_test *ctx = test->priv;
	struct kunit_pci_func_desc desc = ctx->vf_desc;

	desc.devfn++;
	desc.bars[0].size = SZ_64K;
	KUNIT_EXPECT_EQ(test, PTR_ERR(kunit_pci_func_add(ctx->host, &desc)), -EINVAL);
	desc.bars[0].size = 0;
	desc.pf = ctx->vf;
	KUNIT_EXPECT_EQ(test, PTR_ERR(kunit_pci_func_add(ctx->host, &desc)), -EINVAL);
	desc.pf = ctx->pf;
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, kunit_pci_func_add(ctx->host, &desc));
}

static struct kunit_case kunit_pci_iov_test_cases[] = {
	KUNIT_CASE(pci_iov_test_enumerate),
	KUNIT_CASE(pci_iov_test_reset),
	KUNIT_CASE(pci_iov_test_vanish),
	KUNIT_CASE(pci_iov_test_bad_desc),
	{}
};

static struct kunit_suite kunit_pci_iov_test_suite = {
	.name = "kunit_pci_iov",
	.init = pci_iov_test_init,
	.test_cases = kunit_pci_iov_test_cases,
};

kunit_test_suite(kunit_pci_iov_test_suite);

MODULE_DESCRIPTION("KUnit test for KUnit-managed software PCI VFs");
MODULE_LICENSE("GPL");
