// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arm CCA device assignment: private MMIO. A range of a BAR that the RMM
 * confirmed to be the device's own has RIPAS DEV and is reached at its
 * protected address, any other is EMPTY there and reached at the shared alias.
 * The RMM counts in 4 KiB, whatever PAGE_SIZE is.
 */
#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <linux/align.h>
#include <linux/jiffies.h>
#include <linux/overflow.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include <asm/pgtable-prot.h>
#include <asm/rsi_cmds.h>

#include "arm-cca-da.h"

/* Ends of the range as the RMM wants them */
static int arm_cca_mmio_bounds(struct arm_cca_vdev *vdev,
			       const struct pci_tsm_mmio_range *range,
			       u64 *base, u64 *top)
{
	u64 reported_end;

	*base = range->start;
	if (!range->size ||
	    !IS_ALIGNED(range->start | range->size | range->reported,
			RSI_GRANULE_SIZE) ||
	    check_add_overflow(*base, range->size, top) ||
	    check_add_overflow(range->reported, range->size, &reported_end) ||
	    (PROT_NS_SHARED && *top > PROT_NS_SHARED)) {
		pci_err(vdev->tsm.pdev, "BAR %u: no range to be made private: %#llx, %#llx bytes, reported at %#llx\n",
			range->bar, *base, range->size, range->reported);
		return -EINVAL;
	}
	return 0;
}

typedef int (*arm_cca_mmio_step_t)(struct arm_cca_vdev *vdev,
				   const struct pci_tsm_mmio_range *range,
				   u64 base, u64 top, u64 *next,
				   bool *accepted);

/*
 * Repeat @step until the range is done. The host decides how far each step
 * goes: it may not go back, nor take long.
 */
static int arm_cca_mmio_walk(struct arm_cca_vdev *vdev,
			     const struct pci_tsm_mmio_range *range, u64 base,
			     u64 top, arm_cca_mmio_step_t step,
			     const char *what)
{
	struct arm_cca_wait wait;
	bool accepted;
	u64 next;
	int rc;

	/* One deadline for all steps, or the host could make many small ones */
	arm_cca_wait_start(&wait, vdev);
	wait.deadline += (top - base) / SZ_1G * HZ;
	while (base < top) {
		rc = step(vdev, range, base, top, &next, &accepted);
		if (rc)
			return rc;
		if (next < base || next > top ||
		    !IS_ALIGNED(next, RSI_GRANULE_SIZE)) {
			pci_err(vdev->tsm.pdev, "RSI %s: next address %#llx is not in %#llx to %#llx\n",
				what, next, base, top);
			return -EBADMSG;
		}
		if (!accepted) {
			pci_err(vdev->tsm.pdev, "RSI %s: host rejects address %#llx\n",
				what, next);
			return -EPERM;
		}

		if (next > base) {
			base = next;
			cond_resched();
			if (base == top)
				break;
			rc = arm_cca_wait_check(&wait);
		} else {
			rc = arm_cca_wait(&wait);
		}
		if (rc) {
			pci_err(vdev->tsm.pdev, "RSI %s: given up (%d) at address %#llx\n",
				what, rc, base);
			return rc;
		}
	}
	return 0;
}

static int arm_cca_mmio_step_validate(struct arm_cca_vdev *vdev,
				      const struct pci_tsm_mmio_range *range,
				      u64 base, u64 top, u64 *next,
				      bool *accepted)
{
	return arm_cca_rsi_validate(vdev, base, top,
				    range->reported + (base - range->start),
				    next, accepted);
}

static int arm_cca_mmio_step_empty(struct arm_cca_vdev *vdev,
				   const struct pci_tsm_mmio_range *range,
				   u64 base, u64 top, u64 *next, bool *accepted)
{
	return arm_cca_rsi_ripas_empty(vdev, base, top, next, accepted);
}

/*
 * Empty what is not empty, except for RAM: that is not the function's, and an
 * error if the range is wanted for the function.
 */
static int arm_cca_mmio_give_up(struct arm_cca_vdev *vdev,
				const struct pci_tsm_mmio_range *range,
				u64 base, u64 top, bool wanted)
{
	u64 next, ripas;
	int rc;

	while (base < top) {
		rc = arm_cca_rsi_ripas_get(vdev, base, top, &next, &ripas);
		if (rc)
			return rc;
		if (next <= base || next > top ||
		    !IS_ALIGNED(next, RSI_GRANULE_SIZE)) {
			pci_err(vdev->tsm.pdev, "RSI IPA_STATE_GET: %#llx is outside of %#llx to %#llx\n",
				next, base, top);
			return -EBADMSG;
		}

		if (ripas == RSI_RIPAS_RAM && wanted) {
			pci_err(vdev->tsm.pdev, "address %#llx is in use as RAM\n",
				base);
			return -EBUSY;
		}
		if (ripas == RSI_RIPAS_DEV || ripas == RSI_RIPAS_DESTROYED) {
			rc = arm_cca_mmio_walk(vdev, range, base, next,
					       arm_cca_mmio_step_empty,
					       "IPA_STATE_SET");
			if (rc)
				return rc;
		}
		base = next;
		cond_resched();
	}
	return 0;
}

/**
 * arm_cca_mmio_teardown - make a range of a BAR shared again
 * @vdev: the function, in any state
 * @range: the range
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno.
 */
int arm_cca_mmio_teardown(struct arm_cca_vdev *vdev,
			  const struct pci_tsm_mmio_range *range)
{
	u64 base, top;
	int rc;

	rc = arm_cca_mmio_bounds(vdev, range, &base, &top);
	if (rc)
		return rc;
	return arm_cca_mmio_give_up(vdev, range, base, top, false);
}

/**
 * arm_cca_mmio_validate - make a range of a BAR private
 * @vdev: the function, in its LOCK session
 * @range: the range
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno, then nothing of the range is private unless
 * undoing failed as well.
 */
int arm_cca_mmio_validate(struct arm_cca_vdev *vdev,
			  const struct pci_tsm_mmio_range *range)
{
	u64 base, top;
	int rc;

	rc = arm_cca_mmio_bounds(vdev, range, &base, &top);
	if (rc)
		return rc;
	/* A kernel before this one, or a host that unmapped, may have left it */
	rc = arm_cca_mmio_give_up(vdev, range, base, top, true);
	if (rc)
		return rc;

	rc = arm_cca_mmio_walk(vdev, range, base, top,
			       arm_cca_mmio_step_validate,
			       "VDEV_VALIDATE_MAPPING");
	if (rc) {
		vdev->killable = false;
		arm_cca_mmio_teardown(vdev, range);
	}
	return rc;
}
