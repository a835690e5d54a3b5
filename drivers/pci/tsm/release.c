// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: a function fell out of RUN under its driver.
 *
 * Whoever finds out may hold the device's lock, or locks of the driver that
 * called. So the driver is told and released from a work item. Until it is gone
 * the device looks disconnected to it, so that it does not wait for answers, and
 * what is private stays private.
 */

#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/workqueue.h>
#include "../pci.h"
#include "ops.h"
#include "tsm.h"

static void tell_driver(struct pci_dev *pdev)
{
	const struct pci_error_handlers *handlers;

	guard(device)(&pdev->dev);
	handlers = pdev->driver ? pdev->driver->err_handler : NULL;
	if (handlers && handlers->error_detected)
		handlers->error_detected(pdev, pci_channel_io_perm_failure);
}

/*
 * For a VF, its PF has to answer. pci_device_is_present() would not ask a PF that looks
 * disconnected, as one does that was lost together with its VFs.
 */
static bool is_present(struct pci_dev *pdev)
{
	struct pci_dev *pf = pci_physfn(pdev);
	u32 id;

	return pci_bus_read_dev_vendor_id(pf->bus, pf->devfn, &id, 0);
}

/* The function is there all the time, unless it was pulled out meanwhile */
static void reconnect(struct pci_dev *pdev)
{
	xchg(&pdev->error_state, pci_channel_io_normal);
	if (!is_present(pdev))
		pci_dev_set_io_state(pdev, pci_channel_io_perm_failure);
	/* For runtime PM it was an error, if it was lost when it resumed */
	pm_runtime_set_active(&pdev->dev);
}

/*
 * Nobody uses it any more, so nothing has to stay as it is. The state is ERROR
 * until userspace unlocks it, which tries again what failed here.
 */
static void fn_quiesce(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	int rc;

	rc = pci_tsm_mmio_teardown(fn->tsm, &fn->mmio) ?:
	     tsm_op(fn->tsm, "unlock", pci_tsm_ops(fn->tsm)->unlock(fn->tsm));
	if (rc)
		pci_warn(fn->pdev, "not unlocked: %d\n", rc);
}

static bool fn_is_lost(struct pci_tsm_fn *fn)
{
	guard(mutex)(&fn->lock);
	return fn->state == PCI_TSM_ERROR;
}

static void release_work(struct work_struct *work)
{
	struct pci_tsm_fn *fn =
		container_of(work, struct pci_tsm_fn, release.work);
	struct pci_dev *pdev = fn->pdev;

	/* If not, its TSM went and took the driver along */
	if (fn_is_lost(fn)) {
		tell_driver(pdev);
		/* Held, and in ERROR: no other driver is attached meanwhile */
		device_release_driver(&pdev->dev);
	}

	guard(device)(&pdev->dev);
	guard(mutex)(&fn->lock);

	if (fn->tsm && fn->state == PCI_TSM_ERROR)
		fn_quiesce(fn);

	if (fn->release.disconnected) {
		fn->release.disconnected = false;
		reconnect(pdev);
		/* What the driver could not do any more */
		if (fn->state == PCI_TSM_ERROR)
			pci_clear_master(pdev);
		pm_runtime_put(&pdev->dev);
	}
	WRITE_ONCE(fn->release.pending, false);
}

static void queue_release(struct pci_tsm_fn *fn)
{
	/* Not in the middle of a suspend */
	queue_work(system_freezable_wq, &fn->release.work);
}

/**
 * pci_tsm_release_init() - prepare for the loss of a function
 * @fn: the function, not known to anybody yet
 */
void pci_tsm_release_init(struct pci_tsm_fn *fn)
{
	INIT_WORK(&fn->release.work, release_work);
}

/**
 * pci_tsm_release_exit() - a function is about to be removed
 * @fn: the function, drained
 *
 * Context: Process context, no locks held.
 */
void pci_tsm_release_exit(struct pci_tsm_fn *fn)
{
	cancel_work_sync(&fn->release.work);
	/* It has not been carried out */
	if (fn->release.disconnected)
		pm_runtime_put_noidle(&fn->pdev->dev);
}

/**
 * pci_tsm_release_wait() - wait for a driver that is about to be released
 * @fn: the function
 *
 * Context: Process context, not under the device's lock. Sleeps as long as the
 * driver's remove() does.
 */
void pci_tsm_release_wait(struct pci_tsm_fn *fn)
{
	flush_work(&fn->release.work);
}

/**
 * pci_tsm_release_start() - get the driver away from a function in ERROR
 * @fn: the function, with a TSM
 *
 * Without a driver, nothing stays private, and that is all. None can be attached
 * meanwhile: pci_tsm_fn_attach() takes the lock for that.
 *
 * Context: Process context under the function's lock. Sleeps as long as TSM
 * operations do.
 */
void pci_tsm_release_start(struct pci_tsm_fn *fn)
{
	struct pci_dev *pdev = fn->pdev;

	if (!READ_ONCE(pdev->dev.driver)) {
		fn_quiesce(fn);
		return;
	}

	if (!pci_dev_is_disconnected(pdev)) {
		/* Runtime PM would save what a device says that is not there */
		pm_runtime_get_noresume(&pdev->dev);
		pci_dev_set_io_state(pdev, pci_channel_io_perm_failure);
		fn->release.disconnected = true;
	}

	WRITE_ONCE(fn->release.pending, true);
	if (!fn->release.recoveries)
		queue_release(fn);
}

/**
 * pci_tsm_recovery_begin() - recovery from an error begins
 * @pdev: any PCI device
 *
 * Recovery tells one driver after the other, each under the lock of its device and all
 * of them under pci_bus_sem. The driver of a PF wants that for itself when it is
 * released, to remove its VFs, and holds the lock of its device then. So no release
 * begins before pci_tsm_recovery_end(). One that runs already is like any other unbind
 * that meets a recovery.
 *
 * Context: Process context. Sleeps as long as TSM operations do.
 */
void pci_tsm_recovery_begin(struct pci_dev *pdev)
{
	struct pci_tsm_fn *fn = pdev->tsm_fn;

	if (!fn)
		return;

	guard(mutex)(&fn->lock);
	fn->release.recoveries++;
}

/**
 * pci_tsm_recovery_end() - recovery from an error has ended, or failed
 * @pdev: any PCI device
 *
 * Context: as pci_tsm_recovery_begin().
 */
void pci_tsm_recovery_end(struct pci_dev *pdev)
{
	struct pci_tsm_fn *fn = pdev->tsm_fn;

	if (!fn)
		return;

	guard(mutex)(&fn->lock);
	/* A function that was found meanwhile has not seen it begin */
	if (!fn->release.recoveries || --fn->release.recoveries)
		return;
	/* Who removes it has released the driver */
	if (fn->release.pending && !fn->leaving)
		queue_release(fn);
}
