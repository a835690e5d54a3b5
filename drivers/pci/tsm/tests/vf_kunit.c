// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of SR-IOV VFs. A VF has a TDISP state of its own, but it is reset with
 * its PF, goes when the PF does, and has parts of its configuration there.
 */

#include <kunit/test.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/tsm.h>
#include <linux/unaligned.h>
#include "../../pci.h"
#include "resets.h"

#define NR_VFS		2
#define VF_OFFSET	8

/* The SR-IOV capability, without its header */
struct sriov {
	u8 regs[PCI_EXT_CAP_SRIOV_SIZEOF - 4];
	u8 wmask[PCI_EXT_CAP_SRIOV_SIZEOF - 4];
};

static void sriov_set16(u8 *image, int reg, u16 val)
{
	put_unaligned_le16(val, image + reg - 4);
}

static void sriov_set32(u8 *image, int reg, u32 val)
{
	put_unaligned_le32(val, image + reg - 4);
}

/* VFs have the BARs of other fake functions, see fake_dev_add_caps() */
static void sriov_describe(struct sriov *sriov)
{
	int bar2 = PCI_SRIOV_BAR + 4 * 2;

	memset(sriov, 0, sizeof(*sriov));
	sriov_set16(sriov->regs, PCI_SRIOV_INITIAL_VF, NR_VFS);
	sriov_set16(sriov->regs, PCI_SRIOV_TOTAL_VF, NR_VFS);
	sriov_set16(sriov->regs, PCI_SRIOV_VF_OFFSET, VF_OFFSET);
	sriov_set16(sriov->regs, PCI_SRIOV_VF_STRIDE, 1);
	sriov_set16(sriov->regs, PCI_SRIOV_VF_DID, FAKE_DEVICE);
	sriov_set32(sriov->regs, PCI_SRIOV_SUP_PGSIZE, 0x553);
	sriov_set32(sriov->regs, bar2, PCI_BASE_ADDRESS_MEM_TYPE_64);

	sriov_set16(sriov->wmask, PCI_SRIOV_CTRL, U16_MAX);
	sriov_set16(sriov->wmask, PCI_SRIOV_NUM_VF, U16_MAX);
	sriov_set32(sriov->wmask, PCI_SRIOV_SYS_PGSIZE, U32_MAX);
	sriov_set32(sriov->wmask, PCI_SRIOV_BAR, ~(SZ_16K - 1));
	sriov_set32(sriov->wmask, bar2, ~(SZ_64K - 1));
	sriov_set32(sriov->wmask, bar2 + 4, U32_MAX);
}

struct vfs {
	struct fake_dev *pf;
	struct fake_dev *vf[NR_VFS];
};

static void vfs_disable(void *data)
{
	struct fake_dev *pf = data;

	pci_lock_rescan_remove();
	pci_disable_sriov(pf->pdev);
	pci_unlock_rescan_remove();
}

static int vfs_enable(struct fake_dev *pf)
{
	int rc;

	pci_lock_rescan_remove();
	rc = pci_enable_sriov(pf->pdev, NR_VFS);
	pci_unlock_rescan_remove();
	return rc;
}

/* The VFs as they were found */
static void vfs_find(struct kunit *test, struct vfs *vfs)
{
	for (int i = 0; i < NR_VFS; i++) {
		struct fake_dev *vf = vfs->vf[i];

		vf->pdev = kunit_pci_func_get_dev(test, vf->func);
		KUNIT_ASSERT_NOT_NULL(test, vf->pdev);
		KUNIT_ASSERT_TRUE(test, vf->pdev->is_virtfn);
		KUNIT_ASSERT_NOT_NULL(test, resets_fn(vf));
		vf->pdev->imm_ready = 1;
	}
}

/* A PF with VFs, nothing of it locked; @pf_cap is added to its Device Capabilities */
static void vfs_init(struct kunit *test, struct vfs *vfs, u32 pf_cap)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct sriov sriov;
	struct kunit_pci_cap cap = {
		.id = PCI_EXT_CAP_ID_SRIOV,
		.ext = true,
		.version = 1,
		.size = sizeof(sriov.regs),
		.data = sriov.regs,
		.wmask = sriov.wmask,
	};

	if (!IS_ENABLED(CONFIG_PCI_IOV))
		kunit_skip(test, "no CONFIG_PCI_IOV");
	/* iov.c wants whole pages */
	if (PAGE_SIZE > SZ_16K)
		kunit_skip(test, "BARs of the VFs are smaller than a page");

	sriov_describe(&sriov);
	resets_init(test, tsm);
	vfs->pf = fake_dev_add_caps(tsm, PCI_DEVFN(1, 0), PCI_EXP_DEVCAP_FLR | pf_cap,
				    PCI_EXP_TYPE_RC_END, &cap, 1);
	for (int i = 0; i < NR_VFS; i++) {
		struct kunit_pci_func_desc desc = {
			.devfn = PCI_DEVFN(1, 0) + VF_OFFSET + i,
			.devcap = PCI_EXP_DEVCAP_TEE | PCI_EXP_DEVCAP_FLR,
			.exp_type = PCI_EXP_TYPE_RC_END,
			.msix = {
				.vectors = 4,
				.table_offset = SZ_8K,
				.pba_offset = SZ_8K + SZ_4K,
			},
			.pf = vfs->pf->func,
		};

		vfs->vf[i] = fake_dev_add_desc(tsm, &desc);
		vfs->vf[i]->pf = vfs->pf;
	}
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &resets_driver));
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	vfs->pf->pdev->imm_ready = 1;

	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, vfs_disable, vfs->pf));
	KUNIT_ASSERT_EQ(test, 0, vfs_enable(vfs->pf));
	vfs_find(test, vfs);
}

/* All of it in RUN, and to be restored; the PF has a driver */
static void vfs_run(struct kunit *test, struct vfs *vfs)
{
	vfs_init(test, vfs, PCI_EXP_DEVCAP_TEE);
	resets_accept(test, vfs->pf);
	resets_bind(test, vfs->pf);
	for (int i = 0; i < NR_VFS; i++)
		resets_accept(test, vfs->vf[i]);
}

/* A function without a driver is where it was */
static void expect_back(struct kunit *test, struct fake_dev *dev, unsigned int count)
{
	struct pci_tsm_fn *fn = resets_fn(dev);

	KUNIT_EXPECT_EQ(test, fn->state, PCI_TSM_RUN);
	KUNIT_EXPECT_EQ(test, fn->restore.count, count);
	KUNIT_EXPECT_STREQ(test, fn->restore.status, count ? "ok" : "none");
	KUNIT_EXPECT_FALSE(test, fn->restore.pending);
	fake_check(resets_tsm(test), dev);
}

/* Found by the PF's driver, and held as any other */
static void vf_is_held(struct kunit *test)
{
	struct vfs vfs;

	vfs_init(test, &vfs, PCI_EXP_DEVCAP_TEE);
	for (int i = 0; i < NR_VFS; i++) {
		KUNIT_EXPECT_NULL(test, vfs.vf[i]->pdev->dev.driver);
		KUNIT_EXPECT_EQ(test, resets_fn(vfs.vf[i])->state, PCI_TSM_UNLOCKED);
		fake_check(resets_tsm(test), vfs.vf[i]);
	}
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "");

	/* No more of them, or fewer, while the PF keeps still */
	vfs_disable(vfs.pf);
	KUNIT_ASSERT_EQ(test, 0, fake_lock(resets_tsm(test), vfs.pf));
	KUNIT_EXPECT_EQ(test, -EBUSY, vfs_enable(vfs.pf));
}

/* A reset of the PF is one of its VFs, which come back with it */
static void vf_reset_with_pf(struct kunit *test)
{
	struct vfs vfs;

	vfs_run(test, &vfs);
	for (int i = 1; i <= 2; i++) {
		memset(&resets_seen, 0, sizeof(resets_seen));
		KUNIT_EXPECT_EQ(test, 0, pci_reset_function(vfs.pf->pdev));
		KUNIT_EXPECT_STREQ(test, resets_seen.calls, "PD");
		resets_expect_restored(test, vfs.pf, i);
		for (int n = 0; n < NR_VFS; n++) {
			KUNIT_EXPECT_EQ(test, vfs.vf[n]->resets, i);
			expect_back(test, vfs.vf[n], i);
		}
	}

	/* With drivers again, they are in use */
	resets_bind(test, vfs.vf[0]);
	KUNIT_EXPECT_TRUE(test, vfs.vf[0]->dma);
	fake_check(resets_tsm(test), vfs.vf[0]);
}

/* Each is measured for itself; a PF that comes back tells nothing of its VFs */
static void vf_differs(struct kunit *test)
{
	struct vfs vfs;

	vfs_run(test, &vfs);
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(resets_tsm(test), vfs.vf[1]));
	KUNIT_ASSERT_EQ(test, 0, fake_lock(resets_tsm(test), vfs.vf[1]));
	vfs.vf[0]->svn++;
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(vfs.pf->pdev));
	resets_expect_restored(test, vfs.pf, 1);
	KUNIT_EXPECT_STREQ(test, resets_fn(vfs.vf[0])->restore.status,
			   "measurement 0x10 differs");
	resets_expect_lost(test, vfs.vf[0]);
	resets_expect_usable(test, vfs.vf[0]);

	/* LOCKED, and not verified yet: nothing is to be restored */
	KUNIT_EXPECT_EQ(test, resets_fn(vfs.vf[1])->state, PCI_TSM_ERROR);
	fake_check(resets_tsm(test), vfs.vf[1]);
}

/* Its driver may access MMIO at any time while only that of the PF is told */
static void vf_driver_not_told(struct kunit *test)
{
	struct vfs vfs;

	vfs_run(test, &vfs);
	resets_bind(test, vfs.vf[0]);
	memset(&resets_seen, 0, sizeof(resets_seen));
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(vfs.pf->pdev));
	KUNIT_EXPECT_STREQ(test, resets_fn(vfs.vf[0])->restore.status, "driver not told");
	resets_expect_lost(test, vfs.vf[0]);
	KUNIT_EXPECT_NOT_NULL(test, strchr(resets_seen.calls, 'X'));
	KUNIT_EXPECT_NOT_NULL(test, strchr(resets_seen.calls, 'r'));
	resets_expect_restored(test, vfs.pf, 1);
	expect_back(test, vfs.vf[1], 1);
	resets_expect_usable(test, vfs.vf[0]);
}

/* As recovery from an error does, which tells all drivers; @first is met before @then */
static void recover(struct kunit *test, struct fake_dev *pf, struct fake_dev *first,
		    struct fake_dev *then)
{
	struct fake_dev *vf = first == pf ? then : first;

	guard(device)(&pf->pdev->dev);
	pci_save_state(pf->pdev);
	pci_save_state(vf->pdev);
	pci_tsm_reset_prepare(first->pdev, true);
	pci_tsm_reset_prepare(then->pdev, true);
	pcie_flr(pf->pdev);
	pci_restore_state(pf->pdev);
	/* It is not locked before it has its configuration */
	KUNIT_EXPECT_TRUE(test, resets_fn(vf)->restore.pending);
	KUNIT_EXPECT_EQ(test, vf->state, PCI_TSM_ERROR);
	pci_restore_state(vf->pdev);
}

static void vf_driver_told(struct kunit *test)
{
	struct fake_dev *vf;
	struct vfs vfs;

	vfs_run(test, &vfs);
	vf = vfs.vf[0];
	resets_bind(test, vf);
	recover(test, vfs.pf, vfs.pf, vf);
	resets_expect_restored(test, vf, 1);
	KUNIT_EXPECT_TRUE(test, vf->dma);
	recover(test, vfs.pf, vf, vfs.pf);
	resets_expect_restored(test, vf, 2);

	/* It is told, and has to be what was accepted all the same */
	vf->cert++;
	recover(test, vfs.pf, vfs.pf, vf);
	KUNIT_EXPECT_STREQ(test, resets_fn(vf)->restore.status, "certificates differ");
	resets_expect_lost(test, vf);
	resets_expect_restored(test, vfs.pf, 3);
}

/* Who removes the PF holds the lock that this takes, who releases its driver does not */
static bool vf_pf_keeps_vfs;

/* As drivers of PFs do */
static void vf_pf_remove(struct pci_dev *pdev)
{
	if (!vf_pf_keeps_vfs)
		pci_disable_sriov(pdev);
	pci_clear_master(pdev);
}

static int vf_pf_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	pci_set_master(pdev);
	return 0;
}

static void vf_pf_reset(struct pci_dev *pdev)
{
}

static const struct pci_error_handlers vf_pf_handlers = {
	.reset_prepare = vf_pf_reset,
	.reset_done = vf_pf_reset,
};

static const struct pci_device_id vf_pf_ids[] = {
	{ PCI_DEVICE(FAKE_VENDOR, FAKE_DEVICE) },
	{}
};

static struct pci_driver vf_pf_driver = {
	.name = "pci_tsm_vf_pf",
	.id_table = vf_pf_ids,
	.probe = vf_pf_probe,
	.remove = vf_pf_remove,
	.err_handler = &vf_pf_handlers,
};

/* All in RUN, the VFs in use, and the PF's driver takes them along */
static void vfs_run_together(struct kunit *test, struct vfs *vfs)
{
	vfs_init(test, vfs, PCI_EXP_DEVCAP_TEE);
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &vf_pf_driver));
	resets_accept(test, vfs->pf);
	KUNIT_ASSERT_EQ(test, 0, device_driver_attach(&vf_pf_driver.driver,
						      &vfs->pf->pdev->dev));
	for (int i = 0; i < NR_VFS; i++) {
		resets_accept(test, vfs->vf[i]);
		resets_bind(test, vfs->vf[i]);
	}
}

static void expect_gone(struct kunit *test, struct fake_dev *dev)
{
	KUNIT_EXPECT_NULL(test, kunit_pci_func_get_dev(test, dev->func));
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_EQ(test, dev->state, PCI_TSM_UNLOCKED);
	KUNIT_EXPECT_EQ(test, dev->contexts, 0);
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	KUNIT_EXPECT_FALSE(test, dev->dma);
}

/* The PF is not what was accepted: its driver goes, and those of VFs were not told */
static void vf_pf_differs(struct kunit *test)
{
	struct vfs vfs;

	vfs_run_together(test, &vfs);
	vfs.pf->svn++;
	vf_pf_keeps_vfs = true;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(vfs.pf->pdev));
	resets_expect_lost(test, vfs.pf);
	vf_pf_keeps_vfs = false;
	for (int i = 0; i < NR_VFS; i++) {
		KUNIT_EXPECT_STREQ(test, resets_fn(vfs.vf[i])->restore.status,
				   "driver not told");
		resets_expect_lost(test, vfs.vf[i]);
	}
}

/* A reset that did not work leaves nothing to be restored */
static void vf_pf_reset_fails(struct kunit *test)
{
	struct vfs vfs;

	vfs_run(test, &vfs);
	resets_bind(test, vfs.vf[0]);
	pci_tsm_reset_prepare(vfs.pf->pdev, true);
	KUNIT_EXPECT_FALSE(test, vfs.vf[0]->dma);
	pci_tsm_reset_failed(vfs.pf->pdev);
	for (int i = 0; i < NR_VFS; i++) {
		KUNIT_EXPECT_STREQ(test, resets_fn(vfs.vf[i])->restore.status,
				   "reset failed");
		resets_expect_lost(test, vfs.vf[i]);
	}
}

/* Nobody else is affected by a reset of a VF */
static void vf_own_reset(struct kunit *test)
{
	struct vfs vfs;

	vfs_run(test, &vfs);
	resets_bind(test, vfs.vf[0]);
	memset(&resets_seen, 0, sizeof(resets_seen));
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(vfs.vf[0]->pdev));
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "PD");
	KUNIT_EXPECT_EQ(test, vfs.vf[0]->resets, 1);
	resets_expect_restored(test, vfs.vf[0], 1);

	vfs.vf[0]->svn++;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(vfs.vf[0]->pdev));
	resets_expect_lost(test, vfs.vf[0]);

	KUNIT_EXPECT_EQ(test, vfs.pf->resets, 0);
	KUNIT_EXPECT_TRUE(test, vfs.pf->dma);
	expect_back(test, vfs.pf, 0);
	KUNIT_EXPECT_EQ(test, vfs.vf[1]->resets, 0);
	expect_back(test, vfs.vf[1], 0);
}

/* What the PF is in, and whether it can be in anything, does not matter to its VFs */
static void vf_pf_unlocked(struct kunit *test)
{
	struct vfs vfs;

	vfs_run(test, &vfs);
	resets_bind(test, vfs.vf[0]);
	device_release_driver(&vfs.pf->pdev->dev);
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(resets_tsm(test), vfs.pf));
	KUNIT_EXPECT_TRUE(test, vfs.vf[0]->dma);
	expect_back(test, vfs.vf[0], 0);
	expect_back(test, vfs.vf[1], 0);

	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(vfs.pf->pdev));
	KUNIT_EXPECT_EQ(test, resets_fn(vfs.pf)->state, PCI_TSM_UNLOCKED);
	resets_expect_lost(test, vfs.vf[0]);
	expect_back(test, vfs.vf[1], 1);
}

static void vf_pf_without_tdisp(struct kunit *test)
{
	struct vfs vfs;

	vfs_init(test, &vfs, 0);
	KUNIT_EXPECT_NULL(test, vfs.pf->pdev->tsm_fn);
	resets_accept(test, vfs.vf[0]);
	resets_accept(test, vfs.vf[1]);
	vfs.vf[1]->svn++;
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(vfs.pf->pdev));
	expect_back(test, vfs.vf[0], 1);
	resets_expect_lost(test, vfs.vf[1]);
}

static u16 command(struct fake_dev *dev)
{
	return kunit_pci_func_config_get(dev->func, PCI_COMMAND, 2);
}

/*
 * A VF has no Memory Space Enable: nothing is to be kept of it. Bus Master Enable is
 * its own.
 */
static void vf_guard(struct kunit *test)
{
	struct pci_dev *pdev;
	struct fake_dev *vf;
	struct vfs vfs;
	int ctrl;
	u32 id;
	u16 val;

	vfs_run(test, &vfs);
	vf = vfs.vf[0];
	pdev = vf->pdev;
	resets_bind(test, vf);
	KUNIT_EXPECT_EQ(test, command(vf), PCI_COMMAND_MASTER);

	/* Bus Master Enable is kept, and DMA stopped */
	KUNIT_EXPECT_EQ(test, 0, pci_user_write_config_word(pdev, PCI_COMMAND, 0));
	KUNIT_EXPECT_EQ(test, vf->config_written, PCI_COMMAND_MASTER);
	KUNIT_EXPECT_FALSE(test, vf->dma);

	/* What a VF reads as is what can be written back */
	pci_read_config_word(pdev, PCI_COMMAND, &val);
	KUNIT_EXPECT_EQ(test, val, PCI_COMMAND_MASTER);
	KUNIT_EXPECT_EQ(test, 0, pci_user_write_config_word(pdev, PCI_COMMAND, val));
	KUNIT_EXPECT_EQ(test, vf->config_written, PCI_COMMAND_MASTER);
	KUNIT_EXPECT_TRUE(test, vf->dma);

	/* As drivers do that know nothing of VFs */
	pci_clear_master(pdev);
	KUNIT_EXPECT_FALSE(test, vf->dma);
	pci_set_master(pdev);
	KUNIT_EXPECT_TRUE(test, vf->dma);
	pci_write_config_word(pdev, PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	pci_write_config_word(pdev, PCI_COMMAND, PCI_COMMAND_MASTER);
	KUNIT_EXPECT_EQ(test, vf->config_written, PCI_COMMAND_MASTER);
	KUNIT_EXPECT_FALSE(test, resets_fn(vf)->guard.stop);
	KUNIT_EXPECT_TRUE(test, vf->dma);

	/* Everything else as with any function */
	KUNIT_EXPECT_EQ(test, -EPERM,
			pci_user_write_config_dword(pdev, PCI_BASE_ADDRESS_0, 0));
	KUNIT_EXPECT_EQ(test, -EPERM, pci_user_write_config_byte(pdev, PCI_BIST, 0x40));
	expect_back(test, vf, 0);

	/* VF Enable and what else the VFs share, as long as the PF is in RUN */
	ctrl = pci_find_ext_capability(vfs.pf->pdev, PCI_EXT_CAP_ID_SRIOV) +
	       PCI_SRIOV_CTRL;
	KUNIT_EXPECT_EQ(test, -EPERM, pci_user_write_config_word(vfs.pf->pdev, ctrl, 0));
	pci_read_config_dword(pdev, PCI_CLASS_REVISION, &id);
	KUNIT_EXPECT_FALSE(test, PCI_POSSIBLE_ERROR(id));
}

static void pf_remove(struct kunit *test, struct vfs *vfs)
{
	KUNIT_EXPECT_EQ(test, 0, kunit_pci_func_remove(vfs->pf->func));
	expect_gone(test, vfs->pf);
	for (int i = 0; i < NR_VFS; i++)
		expect_gone(test, vfs->vf[i]);
}

/* The PF is removed, and its VFs with it; it can be found and used again */
static void vf_pf_removed(struct kunit *test)
{
	struct vfs vfs;

	vfs_run_together(test, &vfs);
	pf_remove(test, &vfs);

	kunit_pci_host_rescan(resets_tsm(test)->host);
	vfs.pf->pdev = kunit_pci_func_get_dev(test, vfs.pf->func);
	KUNIT_ASSERT_NOT_NULL(test, vfs.pf->pdev);
	KUNIT_ASSERT_EQ(test, 0, vfs_enable(vfs.pf));
	vfs_find(test, &vfs);
	for (int i = 0; i < NR_VFS; i++) {
		KUNIT_EXPECT_NULL(test, vfs.vf[i]->pdev->dev.driver);
		fake_check(resets_tsm(test), vfs.vf[i]);
		resets_accept(test, vfs.vf[i]);
		resets_bind(test, vfs.vf[i]);
		expect_back(test, vfs.vf[i], 0);
	}
}

/* It was pulled out, and all that is left of it reads as all-ones */
static void vf_pf_pulled(struct kunit *test)
{
	struct vfs vfs;

	vfs_run_together(test, &vfs);
	kunit_pci_func_set_present(vfs.pf->func, false);
	KUNIT_EXPECT_FALSE(test, pci_device_is_present(vfs.vf[0]->pdev));
	KUNIT_EXPECT_EQ(test, 0, pci_user_write_config_word(vfs.vf[0]->pdev, PCI_COMMAND, 0));
	pf_remove(test, &vfs);
}

static struct kunit_case vf_test_cases[] = {
	KUNIT_CASE(vf_is_held),
	KUNIT_CASE(vf_reset_with_pf),
	KUNIT_CASE(vf_differs),
	KUNIT_CASE(vf_driver_not_told),
	KUNIT_CASE(vf_driver_told),
	KUNIT_CASE(vf_pf_differs),
	KUNIT_CASE(vf_pf_reset_fails),
	KUNIT_CASE(vf_own_reset),
	KUNIT_CASE(vf_pf_unlocked),
	KUNIT_CASE(vf_pf_without_tdisp),
	KUNIT_CASE(vf_guard),
	KUNIT_CASE(vf_pf_removed),
	KUNIT_CASE(vf_pf_pulled),
	{}
};

static struct kunit_suite vf_test_suite = {
	.name = "pci_tsm_vf",
	.test_cases = vf_test_cases,
};

kunit_test_suite(vf_test_suite);

MODULE_DESCRIPTION("KUnit tests of SR-IOV VFs with a TDISP state");
MODULE_LICENSE("GPL");
