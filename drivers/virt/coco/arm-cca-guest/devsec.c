// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arm CCA device assignment: the TSM that the PCI core of a Realm uses. The
 * host brings a function to another TDISP state when it is asked to (RHI), the
 * RMM tells whether it did (RSI).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/tsm.h>

#include <asm/rhi.h>
#include <asm/rsi.h>

#include "arm-cca-da.h"

static struct tsm_dev *arm_cca_tsm_dev;

static struct arm_cca_vdev *to_arm_cca_vdev(struct pci_tsm_devsec *tsm)
{
	return container_of(tsm, struct arm_cca_vdev, tsm);
}

static void arm_cca_vdev_free(struct arm_cca_vdev *vdev)
{
	if (!vdev)
		return;

	kfree(vdev->info);
	kfree(vdev->call);
	kfree(vdev);
}

DEFINE_FREE(arm_cca_vdev, struct arm_cca_vdev *, arm_cca_vdev_free(_T))

static struct pci_tsm_devsec *arm_cca_devsec_probe(struct tsm_dev *tsm_dev,
						   struct pci_dev *pdev)
{
	struct arm_cca_vdev *vdev __free(arm_cca_vdev) = kzalloc_obj(*vdev);

	if (!vdev)
		return ERR_PTR(-ENOMEM);

	/* The RMM wants both aligned to their sizes, which are powers of two */
	vdev->info = kzalloc_obj(*vdev->info);
	vdev->call = kzalloc_obj(*vdev->call);
	if (!vdev->info || !vdev->call)
		return ERR_PTR(-ENOMEM);

	vdev->tsm.pdev = pdev;
	vdev->tsm.tsm_dev = tsm_dev;
	vdev->vca_id = RHI_DA_OBJECT_VCA;
	vdev->id = (u64)pci_domain_nr(pdev->bus) << 16 | pci_dev_id(pdev);
	return &no_free_ptr(vdev)->tsm;
}

static void arm_cca_devsec_remove(struct pci_tsm_devsec *tsm)
{
	arm_cca_vdev_free(to_arm_cca_vdev(tsm));
}

static void arm_cca_devsec_end_session(struct arm_cca_vdev *vdev)
{
	vdev->locked = false;
	vdev->collected = false;
	vdev->stale = false;
}

static int arm_cca_devsec_lock(struct pci_tsm_devsec *tsm)
{
	struct arm_cca_vdev *vdev = to_arm_cca_vdev(tsm);
	int rc;

	arm_cca_devsec_end_session(vdev);
	vdev->killable = true;
	rc = arm_cca_rhi_set_tdi_state(vdev, RHI_DA_TDI_LOCKED);
	vdev->killable = false;
	if (rc)
		return rc;

	rc = arm_cca_vdev_check(vdev, RSI_VDEV_LOCKED);
	if (rc)
		return rc;

	vdev->lock_nonce = vdev->info->lock_nonce;
	vdev->locked = true;
	return 0;
}

static int arm_cca_devsec_collect(struct pci_tsm_devsec *tsm, const u8 *nonce,
				  struct pci_tsm_collection *collection)
{
	struct arm_cca_vdev *vdev = to_arm_cca_vdev(tsm);
	int rc;

	if (!vdev->locked)
		return -EIO;

	vdev->killable = true;
	vdev->collecting = true;
	vdev->deadline = jiffies + ARM_CCA_COLLECT_SECS * HZ;
	rc = arm_cca_evidence_collect(vdev, nonce, collection);
	vdev->collecting = false;
	vdev->killable = false;
	return rc;
}

static int arm_cca_devsec_unlock(struct pci_tsm_devsec *tsm)
{
	struct arm_cca_vdev *vdev = to_arm_cca_vdev(tsm);
	int rc;

	arm_cca_devsec_end_session(vdev);

	/* The function may have been unlocked before, not by us */
	rc = arm_cca_vdev_update(vdev);
	if (!rc && vdev->info->state == RSI_VDEV_UNLOCKED)
		return 0;

	/* Unlocking does the same, if the host gets that far */
	arm_cca_rsi_dma_disable(vdev);

	rc = arm_cca_rhi_set_tdi_state(vdev, RHI_DA_TDI_UNLOCKED);
	if (rc)
		return rc;
	return arm_cca_vdev_check(vdev, RSI_VDEV_UNLOCKED);
}

static int arm_cca_devsec_run(struct pci_tsm_devsec *tsm)
{
	struct arm_cca_vdev *vdev = to_arm_cca_vdev(tsm);
	int rc;

	if (!vdev->collected)
		return -ESTALE;

	rc = arm_cca_vdev_check(vdev, RSI_VDEV_LOCKED);
	if (rc)
		return rc;
	rc = arm_cca_rhi_set_tdi_state(vdev, RHI_DA_TDI_RUN);
	if (rc)
		return rc;
	return arm_cca_vdev_check(vdev, RSI_VDEV_STARTED);
}

static int arm_cca_devsec_query(struct pci_tsm_devsec *tsm,
				enum pci_tsm_state *state)
{
	static const enum pci_tsm_state states[] = {
		[RSI_VDEV_UNLOCKED] = PCI_TSM_UNLOCKED,
		[RSI_VDEV_LOCKED] = PCI_TSM_LOCKED,
		[RSI_VDEV_STARTED] = PCI_TSM_RUN,
		[RSI_VDEV_ERROR] = PCI_TSM_ERROR,
	};
	struct arm_cca_vdev *vdev = to_arm_cca_vdev(tsm);
	int rc;

	rc = arm_cca_vdev_update(vdev);
	if (rc)
		return rc;

	*state = states[vdev->info->state];
	return arm_cca_vdev_check_session(vdev);
}

static int arm_cca_devsec_mmio_validate(struct pci_tsm_devsec *tsm,
					const struct pci_tsm_mmio_range *range)
{
	struct arm_cca_vdev *vdev = to_arm_cca_vdev(tsm);
	int rc;

	if (!vdev->collected)
		return -ESTALE;

	vdev->killable = true;
	rc = arm_cca_mmio_validate(vdev, range);
	vdev->killable = false;
	return rc;
}

static int arm_cca_devsec_mmio_teardown(struct pci_tsm_devsec *tsm,
					const struct pci_tsm_mmio_range *range)
{
	return arm_cca_mmio_teardown(to_arm_cca_vdev(tsm), range);
}

static int arm_cca_devsec_dma_enable(struct pci_tsm_devsec *tsm)
{
	struct arm_cca_vdev *vdev = to_arm_cca_vdev(tsm);

	if (!vdev->collected)
		return -ESTALE;
	return arm_cca_rsi_dma_enable(vdev);
}

static int arm_cca_devsec_dma_disable(struct pci_tsm_devsec *tsm)
{
	return arm_cca_rsi_dma_disable(to_arm_cca_vdev(tsm));
}

const struct pci_tsm_devsec_ops arm_cca_devsec_ops = {
	.probe = arm_cca_devsec_probe,
	.remove = arm_cca_devsec_remove,
	.lock = arm_cca_devsec_lock,
	.collect = arm_cca_devsec_collect,
	.unlock = arm_cca_devsec_unlock,
	.run = arm_cca_devsec_run,
	.query = arm_cca_devsec_query,
	.mmio_validate = arm_cca_devsec_mmio_validate,
	.mmio_teardown = arm_cca_devsec_mmio_teardown,
	.dma_enable = arm_cca_devsec_dma_enable,
	.dma_disable = arm_cca_devsec_dma_disable,
};

static struct pci_tsm_ops arm_cca_pci_ops = {
	.devsec_ops = &arm_cca_devsec_ops,
};

/**
 * arm_cca_devsec_init - register a TSM if devices can be assigned to the Realm
 *
 * Without one, the rest of the module works.
 *
 * Context: Process context, may sleep. In a Realm.
 */
void arm_cca_devsec_init(void)
{
	struct tsm_dev *tsm_dev;

	if (!arm_cca_rsi_has_da() || !arm_cca_rhi_has_da())
		return;

	struct device *parent __free(put_device) =
		bus_find_device_by_name(&platform_bus_type, NULL,
					RSI_PDEV_NAME);
	if (!parent)
		return;

	tsm_dev = tsm_register(parent, &arm_cca_pci_ops);
	if (IS_ERR(tsm_dev)) {
		dev_err(parent, "no TSM for PCI functions (%pe)\n", tsm_dev);
		return;
	}
	arm_cca_tsm_dev = tsm_dev;
}

/**
 * arm_cca_devsec_exit - undo arm_cca_devsec_init()
 *
 * Context: Process context, may sleep.
 */
void arm_cca_devsec_exit(void)
{
	if (arm_cca_tsm_dev)
		tsm_unregister(arm_cca_tsm_dev);
}
