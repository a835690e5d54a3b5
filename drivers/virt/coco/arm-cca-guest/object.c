// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arm CCA device assignment: objects of evidence. The host keeps them and
 * writes them to shared memory, where it can change them at any time: they are
 * copied once to private memory, and only the copy is looked at.
 */
#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <asm/rsi_cmds.h>

#include "arm-cca-da.h"

static int arm_cca_object_size(struct arm_cca_vdev *vdev, u64 object,
			       size_t max, size_t *size)
{
	u64 claimed;
	int rc;

	rc = arm_cca_rhi_object_size(vdev, object, &claimed);
	if (rc)
		return rc;
	if (!claimed || claimed > max) {
		pci_err(vdev->tsm.pdev, "object %llu: host claims %llu bytes, expected 1 to %zu\n",
			object, claimed, max);
		return -EBADMSG;
	}
	*size = claimed;
	return 0;
}

/**
 * arm_cca_object_get - copy an object of evidence to private memory
 * @vdev: the function
 * @object: RHI_DA_OBJECT_*
 * @max: the most that it may be long
 * @len: how long it is
 *
 * Context: Process context, may sleep.
 * Return: the object, not authenticated, to be freed with kvfree(), or an
 * ERR_PTR().
 */
void *arm_cca_object_get(struct arm_cca_vdev *vdev, u64 object, size_t max,
			 size_t *len)
{
	size_t size, offset = 0;
	struct arm_cca_wait wait;
	u64 want, got;
	int rc;

	rc = arm_cca_object_size(vdev, object, max, &size);
	if (rc)
		return ERR_PTR(rc);

	void *copy __free(kvfree) = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!copy)
		return ERR_PTR(-ENOMEM);
	void *page __free(arm_cca_shared_page) = arm_cca_shared_page_alloc();
	if (!page)
		return ERR_PTR(-ENOMEM);

	/* One deadline for all parts, however small the host makes them */
	arm_cca_wait_start(&wait, vdev);
	while (offset < size) {
		rc = arm_cca_wait_check(&wait);
		if (rc) {
			pci_err(vdev->tsm.pdev, "object %llu: given up (%d) at %zu\n",
				object, rc, offset);
			return ERR_PTR(rc);
		}
		cond_resched();

		want = min(size - offset, RSI_GRANULE_SIZE);
		rc = arm_cca_rhi_object_read(vdev, object, virt_to_phys(page),
					     want, offset, &got);
		if (rc)
			return ERR_PTR(rc);
		if (!got || got > want) {
			pci_err(vdev->tsm.pdev, "object %llu: host wrote %llu bytes at %zu, expected 1 to %llu\n",
				object, got, offset, want);
			return ERR_PTR(-EBADMSG);
		}
		memcpy(copy + offset, page, got);
		offset += got;
	}

	*len = size;
	return no_free_ptr(copy);
}
