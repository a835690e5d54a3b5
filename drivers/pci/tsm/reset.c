// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: the PCI core resets functions, or finds that they were reset.
 *
 * A reset takes a function out of LOCKED and RUN (PCIe r7.0, sec 11.4.8 and
 * 11.4.9). If userspace wants it (tsm/restore), a function that was in RUN gets
 * back there by itself, see restore.c. All of it happens where the PCI core
 * restores the configuration, before the driver continues, and without userspace.
 */

#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/ktime.h>
#include <linux/pci.h>
#include <linux/workqueue.h>
#include "../pci.h"
#include "ops.h"
#include "tsm.h"

/*
 * @by_pf: it is reset together with its PF, and restored together with it, unless it is
 * told for itself as well
 */
static void fn_reset_prepare(struct pci_tsm_fn *fn, bool quiet, bool by_pf)
{
	struct pci_tsm_restore *r = &fn->restore;
	int rc;

	guard(mutex)(&fn->lock);

	/* Lost by what its driver did to prepare: it must not continue */
	if (fn->release.pending)
		r->rc = -EIO;
	/* The core calls a reset method that calls here, too */
	if (r->pending) {
		if (r->by_pf && quiet)
			r->unquiet = false;
		if (!by_pf)
			r->by_pf = false;
		return;
	}
	if (fn->state != PCI_TSM_LOCKED && fn->state != PCI_TSM_RUN)
		return;

	r->pending = true;
	r->by_pf = by_pf;
	r->unquiet = !quiet;
	r->dma = fn->dma;
	r->reset_since = ktime_get_ns();
	if (!fn->dma)
		return;
	rc = tsm_op(fn->tsm, "dma_disable", pci_tsm_ops(fn->tsm)->dma_disable(fn->tsm));
	if (rc)
		pci_warn(fn->pdev, "disabling DMA failed: %d\n", rc);
	else
		fn->dma = false;
}

/*
 * The functions that are reset together with a PF. Return: true if @call did for
 * any of them.
 */
static bool call_vfs(struct pci_dev *pdev, bool (*call)(struct pci_tsm_fn *vf))
{
	bool any = false;

#ifdef CONFIG_PCI_IOV
	if (!pdev->is_physfn || !pci_tsm_fn_any())
		return false;

	for (int i = 0; i < pci_num_vf(pdev); i++) {
		struct pci_dev *vf __free(pci_dev_put) =
			pci_get_domain_bus_and_slot(pci_domain_nr(pdev->bus),
						    pci_iov_virtfn_bus(pdev, i),
						    pci_iov_virtfn_devfn(pdev, i));

		if (vf && vf->tsm_fn)
			any |= call(vf->tsm_fn);
	}
#endif
	return any;
}

/* Drivers of VFs are not told when the PF is reset */
static bool vf_prepare(struct pci_tsm_fn *vf)
{
	fn_reset_prepare(vf, !READ_ONCE(vf->pdev->dev.driver), true);
	return true;
}

/* One that is told for itself has no configuration yet */
static bool vf_start(struct pci_tsm_fn *vf)
{
	return READ_ONCE(vf->restore.by_pf) && pci_tsm_restore_start(vf);
}

static bool vf_pending(struct pci_tsm_fn *vf)
{
	return READ_ONCE(vf->restore.pending);
}

/**
 * pci_tsm_reset_prepare() - a function is about to be reset
 * @pdev: any PCI device
 * @quiet: its driver, if it has one, was told, or does it by itself
 *
 * Ends private DMA of a function in RUN. May be called more than once for a
 * reset. Must be followed by pci_tsm_reset_done(), or its two halves, when the
 * configuration is restored.
 *
 * Context: Process context. Sleeps as long as TSM operations do.
 */
void pci_tsm_reset_prepare(struct pci_dev *pdev, bool quiet)
{
	if (pdev->tsm_fn)
		fn_reset_prepare(pdev->tsm_fn, quiet, false);
	call_vfs(pdev, vf_prepare);
}

/**
 * pci_tsm_reset_start() - a function was reset, its configuration is restored
 * @pdev: any PCI device
 *
 * Begins to bring it back to RUN, if it was there. Restores of several functions
 * are carried out in parallel.
 *
 * Context: Process context.
 */
void pci_tsm_reset_start(struct pci_dev *pdev)
{
	if (pdev->tsm_fn)
		pci_tsm_restore_start(pdev->tsm_fn);
	call_vfs(pdev, vf_start);
}

/**
 * pci_tsm_reset_finish() - wait for what pci_tsm_reset_start() began
 * @pdev: any PCI device
 *
 * Context: Process context, not under locks that a TSM operation needs. Sleeps
 * as long as TSM operations do.
 * Return:
 * * %0            - nothing was to be done, or it is in RUN again
 * * %-EPERM       - it was in RUN, and is not to be restored
 * * %-EKEYREJECTED - it is not what was accepted
 * * %-EBUSY       - it was restored too often
 * * %-EOPNOTSUPP  - its driver cannot be told of resets, or its interrupts would
 *   be lost
 * * other         - error of the TSM
 *
 * After an error the function is in ERROR and about to lose its driver, which
 * must not be called any more.
 */
int pci_tsm_reset_finish(struct pci_dev *pdev)
{
	struct pci_tsm_fn *fn = pdev->tsm_fn;
	int rc;

	call_vfs(pdev, pci_tsm_restore_wait);
	if (!fn)
		return 0;

	pci_tsm_restore_wait(fn);
	guard(mutex)(&fn->lock);
	/* Another reset may have begun, of which this one has nothing to say */
	rc = fn->restore.rc;
	fn->restore.rc = 0;
	/* By somebody who did not ask what came of it, or nobody restores it any more */
	if (fn->release.pending || (fn->restore.pending && fn->leaving))
		rc = rc ?: -EIO;
	return rc;
}

/**
 * pci_tsm_reset_done() - bring a function back that was reset
 * @pdev: any PCI device
 *
 * Context: as pci_tsm_reset_finish().
 * Return: as pci_tsm_reset_finish().
 */
int pci_tsm_reset_done(struct pci_dev *pdev)
{
	pci_tsm_reset_start(pdev);
	return pci_tsm_reset_finish(pdev);
}

static bool fn_reset_failed(struct pci_tsm_fn *fn)
{
	guard(mutex)(&fn->lock);
	if (!fn->restore.pending)
		return false;

	pci_tsm_restore_give_up(fn, "reset failed");
	return true;
}

/**
 * pci_tsm_reset_failed() - a function was to be reset, which did not work
 * @pdev: any PCI device
 *
 * Context: Process context. Sleeps as long as TSM operations do.
 */
void pci_tsm_reset_failed(struct pci_dev *pdev)
{
	if (pdev->tsm_fn)
		fn_reset_failed(pdev->tsm_fn);
	call_vfs(pdev, fn_reset_failed);
}

/**
 * pci_tsm_reset_pending() - was a function reset, and not restored yet?
 * @pdev: any PCI device
 *
 * Context: Any.
 * Return: true if pci_tsm_reset_done() has something to do, for the function or
 * its VFs.
 */
bool pci_tsm_reset_pending(struct pci_dev *pdev)
{
	if (pdev->tsm_fn && READ_ONCE(pdev->tsm_fn->restore.pending))
		return true;

	return call_vfs(pdev, vf_pending);
}

static bool fn_kept_state(struct pci_tsm_fn *fn)
{
	enum pci_tsm_state state;

	guard(mutex)(&fn->lock);

	if (fn->state != PCI_TSM_LOCKED && fn->state != PCI_TSM_RUN)
		return true;
	return !pci_tsm_fn_query(fn, &state) && state == fn->state;
}

/**
 * pci_tsm_power_up() - a function has left a low-power state
 * @pdev: any PCI device, its configuration is not restored yet
 *
 * If the function lost its state there, that was a reset. The PCI core cannot
 * know: the platform may have taken power from what was in D3hot.
 *
 * Context: Process context. Sleeps as long as TSM operations do.
 */
void pci_tsm_power_up(struct pci_dev *pdev)
{
	/* VFs leave theirs by themselves */
	if (pdev->tsm_fn && !fn_kept_state(pdev->tsm_fn))
		fn_reset_prepare(pdev->tsm_fn, !pdev->driver ||
				 pdev->driver->driver.pm, false);
}

/**
 * pci_tsm_lost() - is the driver of a function about to be released?
 * @pdev: any PCI device
 *
 * Context: Any. It is true no more when the driver is gone.
 * Return: true if the function fell out of RUN and its driver must not be called
 * to go on.
 */
bool pci_tsm_lost(struct pci_dev *pdev)
{
	return pdev->tsm_fn && READ_ONCE(pdev->tsm_fn->release.pending);
}

/**
 * pci_tsm_error_check() - there was an error, but no reset
 * @pdev: any PCI device
 *
 * Context: Process context. Sleeps as long as TSM operations do.
 */
void pci_tsm_error_check(struct pci_dev *pdev)
{
	struct pci_tsm_fn *fn = pdev->tsm_fn;

	if (!fn)
		return;

	guard(mutex)(&fn->lock);
	pci_tsm_restore_check(fn);
}
