// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: which functions and which devsec TSMs there are.
 *
 * Both registries are xarrays whose internal lock is held for a look-up only.
 * A TSM that leaves is erased first and then waits for every function by taking
 * its lock; a function looks its TSM up under the same lock. So a TSM found
 * under fn->lock stays until that lock is dropped.
 */

#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/tsm.h>
#include <linux/xarray.h>
#include "../pci.h"
#include "tsm.h"

static DEFINE_XARRAY_ALLOC(pci_tsm_fns);
static DEFINE_XARRAY(pci_tsm_devsecs);

/*
 * Serialises TSMs that come and go, functions that get ready, and the events
 * about it. Keeps a function in sysfs meanwhile. Never held across a TSM
 * operation.
 */
static DEFINE_MUTEX(attrs_lock);

/**
 * pci_tsm_fn_add() - make a function known
 * @fn: the function
 *
 * Context: Process context.
 * Return: 0 or -ENOMEM.
 */
int pci_tsm_fn_add(struct pci_tsm_fn *fn)
{
	return xa_alloc(&pci_tsm_fns, &fn->id, fn, xa_limit_32b, GFP_KERNEL);
}

/**
 * pci_tsm_fn_any() - is there any function that may be accepted?
 *
 * Context: Any.
 * Return: true if so
 */
bool pci_tsm_fn_any(void)
{
	return !xa_empty(&pci_tsm_fns);
}

/**
 * pci_tsm_fn_del() - forget a function
 * @fn: the function
 *
 * Context: Process context. The caller holds a reference to the PCI device, so
 * that pci_tsm_fn_next() never finds one without.
 */
void pci_tsm_fn_del(struct pci_tsm_fn *fn)
{
	guard(mutex)(&attrs_lock);
	xa_erase(&pci_tsm_fns, fn->id);
}

/* The first function at or after *@index, with a reference to its device */
static struct pci_dev *pci_tsm_fn_next(unsigned long *index)
{
	struct pci_dev *pdev = NULL;
	struct pci_tsm_fn *fn;

	xa_lock(&pci_tsm_fns);
	fn = xa_find(&pci_tsm_fns, index, ULONG_MAX, XA_PRESENT);
	if (fn)
		pdev = pci_dev_get(fn->pdev);
	xa_unlock(&pci_tsm_fns);

	return pdev;
}

/* A TSM came or went, or is there when a function gets ready */
static void pci_tsm_update(struct pci_tsm_fn *fn)
	__must_hold(&attrs_lock)
{
	lockdep_assert_held(&attrs_lock);

	if (!fn->attrs_ready)
		return;

	if (!fn->attrs && !xa_empty(&pci_tsm_devsecs)) {
		WRITE_ONCE(fn->attrs, true);
		pci_tsm_sysfs_add(fn->pdev);
	}
	kobject_uevent(&fn->pdev->dev.kobj, KOBJ_CHANGE);
}

static void pci_tsm_update_all(void)
{
	struct pci_dev *pdev;
	unsigned long index;

	lockdep_assert_held(&attrs_lock);

	for (index = 0; (pdev = pci_tsm_fn_next(&index)); index++) {
		pci_tsm_update(pdev->tsm_fn);
		pci_dev_put(pdev);
	}
}

/**
 * pci_tsm_fn_announce() - a function is set up, userspace may use it
 * @fn: the function
 *
 * Context: Process context, no locks held.
 */
void pci_tsm_fn_announce(struct pci_tsm_fn *fn)
{
	guard(mutex)(&attrs_lock);
	fn->attrs_ready = true;
	if (!xa_empty(&pci_tsm_devsecs))
		pci_tsm_update(fn);
}

/**
 * pci_tsm_devsec_register() - a devsec TSM arrives
 * @tsm_dev: the TSM
 *
 * With the first one, the attributes that need a TSM appear at all functions,
 * with a change uevent for each.
 *
 * Context: Process context, no locks held.
 * Return:
 * * %0        - OK
 * * %-EINVAL  - an operation is missing
 * * %-EBUSY   - registered already
 * * %-ENOMEM  - out of memory
 */
int pci_tsm_devsec_register(struct tsm_dev *tsm_dev)
{
	const struct pci_tsm_devsec_ops *ops = tsm_dev->pci_ops->devsec_ops;
	bool first;
	int rc;

	if (!ops->probe || !ops->remove || !ops->lock || !ops->collect ||
	    !ops->unlock || !ops->run || !ops->query || !ops->mmio_validate ||
	    !ops->mmio_teardown || !ops->dma_enable || !ops->dma_disable)
		return -EINVAL;

	guard(mutex)(&attrs_lock);

	first = xa_empty(&pci_tsm_devsecs);
	rc = xa_insert(&pci_tsm_devsecs, tsm_dev->id, tsm_dev, GFP_KERNEL);
	if (rc)
		return rc;

	if (first)
		pci_tsm_update_all();
	return 0;
}

/**
 * pci_tsm_devsec_unregister() - a devsec TSM leaves
 * @tsm_dev: the TSM
 *
 * Functions in its care leave LOCKED, RUN or ERROR; drivers bound to them are
 * released first. On return nothing refers to @tsm_dev.
 *
 * Context: Process context, no locks held. Sleeps as long as TSM operations do.
 */
void pci_tsm_devsec_unregister(struct tsm_dev *tsm_dev)
{
	struct pci_dev *pdev;
	unsigned long index;

	xa_erase(&pci_tsm_devsecs, tsm_dev->id);

	for (index = 0; (pdev = pci_tsm_fn_next(&index)); index++) {
		pci_tsm_fn_drain(pdev->tsm_fn, tsm_dev);
		pci_dev_put(pdev);
	}

	guard(mutex)(&attrs_lock);
	if (xa_empty(&pci_tsm_devsecs))
		pci_tsm_update_all();
}

/**
 * pci_tsm_devsec_find() - look up a devsec TSM
 * @tsm_id: N of tsmN
 *
 * Context: Under the fn->lock of the function that wants it, as long as the
 * result is used.
 * Return: the TSM or NULL.
 */
struct tsm_dev *pci_tsm_devsec_find(int tsm_id)
{
	if (tsm_id < 0)
		return NULL;

	return xa_load(&pci_tsm_devsecs, tsm_id);
}
