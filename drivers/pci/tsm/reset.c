// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: resets of accepted functions.
 *
 * A reset takes a function out of LOCKED and RUN (PCIe r7.0, sec 11.4.8 and
 * 11.4.9). If userspace wants it (tsm/restore), a function that was in RUN gets
 * back there by itself: it is locked and measured again, and enters RUN if that
 * is exactly what was accepted. All of it happens where the PCI core restores
 * the configuration, before the driver continues, and without userspace.
 *
 * In every other case the function stays out: no private DMA, its driver is told
 * and released, and tsm/restore_status says why. Its MMIO is private as long as
 * there is a driver that could access it, if the TSM can lock the function again;
 * it rejects accesses then.
 */

#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/random.h>
#include <linux/ratelimit.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include "../pci.h"
#include "ops.h"
#include "report.h"
#include "tsm.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "pci_tsm."

/* A device that falls again and again is to be seen, not mended for ever */
unsigned int pci_tsm_restore_burst = 10;
module_param_named(restore_burst, pci_tsm_restore_burst, uint, 0644);
MODULE_PARM_DESC(restore_burst,
		 "Restores of a function within restore_interval, before it is given up");

unsigned int pci_tsm_restore_interval = 10000;
module_param_named(restore_interval, pci_tsm_restore_interval, uint, 0644);
MODULE_PARM_DESC(restore_interval, "See restore_burst, in milliseconds; 0 for no limit");

unsigned int pci_tsm_check = 5000;
module_param_named(check, pci_tsm_check, uint, 0644);
MODULE_PARM_DESC(check,
		 "Milliseconds between looks at functions that are to be restored; 0 for none");

/* More than any reset takes, with what a driver does until it restores */
#define PENDING_MAX_SEC	120ULL

/* Restores of functions in parallel, and not ended by a signal */
static struct workqueue_struct *restore_wq;

/* When a restore got where, as of ktime_get_ns() */
struct restore_times {
	u64 start;
	u64 stopped;
	u64 locked;
	u64 collected;
	bool unlocked;
};

static const struct pci_tsm_devsec_ops *fn_ops(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	return pci_tsm_ops(fn->tsm);
}

static int restore_refuse(struct pci_tsm_fn *fn, const char *why, int rc)
	__must_hold(&fn->lock)
{
	strscpy(fn->restore.status, why);
	return rc;
}

/* A step of the TSM, or of what depends on it, failed */
static int restore_failed(struct pci_tsm_fn *fn, const char *op, int rc)
	__must_hold(&fn->lock)
{
	if (rc == -ETIMEDOUT)
		scnprintf(fn->restore.status, sizeof(fn->restore.status),
			  "timeout: %s", op);
	else
		scnprintf(fn->restore.status, sizeof(fn->restore.status),
			  "tsm: %s failed %d", op, rc);
	return rc;
}

static int restore_expect(struct pci_tsm_fn *fn, enum pci_tsm_state want)
	__must_hold(&fn->lock)
{
	enum pci_tsm_state state;
	int rc;

	rc = pci_tsm_fn_query(fn, &state);
	/* Locked by somebody else since: not the function that was accepted */
	if (rc == -ESTALE)
		return restore_refuse(fn, "not-run", rc);
	if (rc)
		return restore_failed(fn, "query", rc);
	if (state != want)
		return restore_refuse(fn, want == PCI_TSM_RUN ?
				      "not-run" : "not-locked", -EIO);
	return 0;
}

/* No DMA, nothing private, and out of ERROR or whatever the reset led to */
static int restore_stop(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	int rc;

	rc = tsm_op(fn->tsm, "dma_disable", fn_ops(fn)->dma_disable(fn->tsm));
	if (rc)
		return restore_failed(fn, "dma_disable", rc);
	fn->dma = false;

	rc = pci_tsm_mmio_teardown(fn->tsm, &fn->mmio);
	if (rc)
		return restore_failed(fn, "mmio_teardown", rc);

	rc = tsm_op(fn->tsm, "unlock", fn_ops(fn)->unlock(fn->tsm));
	return rc ? restore_failed(fn, "unlock", rc) : 0;
}

static int restore_lock(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	int rc;

	rc = tsm_op(fn->tsm, "lock", fn_ops(fn)->lock(fn->tsm));
	if (rc)
		return restore_failed(fn, "lock", rc);

	return restore_expect(fn, PCI_TSM_LOCKED);
}

/* Is it what was accepted? The evidence can be looked at in any case. */
static int restore_collect(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	struct pci_tsm_evidence *evidence = NULL;
	u8 nonce[PCI_TSM_NONCE_SIZE];
	int rc;

	get_random_bytes(nonce, sizeof(nonce));
	rc = pci_tsm_evidence_collect(fn->tsm, nonce, &evidence);
	pci_tsm_fn_set_evidence(fn, evidence);
	if (rc)
		return restore_failed(fn, "collect", rc);

	/* What @fn has stays while its lock is held */
	if (!pci_tsm_evidence_same(fn->tsm, fn->accepted, evidence, fn->restore.status,
				   sizeof(fn->restore.status)))
		return -EKEYREJECTED;
	return 0;
}

static int restore_run(struct pci_tsm_fn *fn, const struct pci_tsm_mmio *before)
	__must_hold(&fn->lock)
{
	struct pci_tsm_evidence *evidence __free(pci_tsm_evidence) =
		pci_tsm_fn_evidence(fn);
	/* Reported addresses may be others, of the same ranges */
	const struct pci_tsm_report *report = pci_tsm_evidence_report(evidence);
	bool msix_unlocked = pci_tsm_evidence_msix_unlocked(evidence);
	int rc;

	if (!pci_tsm_mmio_same(fn->tsm, report, msix_unlocked, before))
		return restore_refuse(fn, "bars differ", -EKEYREJECTED);

	rc = pci_tsm_mmio_setup(fn->tsm, report, msix_unlocked, &fn->mmio);
	if (rc)
		return restore_failed(fn, "mmio_validate", rc);

	rc = tsm_op(fn->tsm, "run", fn_ops(fn)->run(fn->tsm));
	if (rc)
		return restore_failed(fn, "run", rc);

	rc = restore_expect(fn, PCI_TSM_RUN);
	if (rc)
		return rc;

	/* As when it was accepted: it may have taken a firmware update */
	if (!(report->interface_info & PCI_TSM_REPORT_NO_FW_UPDATE)) {
		rc = restore_collect(fn);
		if (rc)
			return rc;
	}

	if (!fn->restore.dma)
		return 0;
	rc = tsm_op(fn->tsm, "dma_enable", fn_ops(fn)->dma_enable(fn->tsm));
	if (rc)
		return restore_failed(fn, "dma_enable", rc);
	fn->dma = true;
	return 0;
}

/* May the function be restored at all? Nothing was touched so far. */
static int restore_allowed(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	if (fn->leaving || fn->draining)
		return restore_refuse(fn, "removed", -ENXIO);
	if (!fn->restore.armed)
		return restore_refuse(fn, "not-armed", -EPERM);
	/*
	 * Private MMIO is gone for a moment. An access to it then ends the
	 * guest on some platforms, so the driver must know.
	 */
	if (fn->restore.unquiet)
		return restore_refuse(fn, "driver not told", -EOPNOTSUPP);
	/* The PCI core could not write to it before RUN, and does not afterwards */
	if (fn->pdev->msix_enabled && pci_tsm_mmio_has_msix(fn->tsm, fn->mmio))
		return restore_refuse(fn, "msix locked", -EOPNOTSUPP);

	if (!__ratelimit(&fn->restore.limit))
		return restore_refuse(fn, "rate-limit", -EBUSY);
	return 0;
}

static int restore_steps(struct pci_tsm_fn *fn, struct restore_times *times)
	__must_hold(&fn->lock)
{
	int rc;

	struct pci_tsm_mmio *before __free(kvfree) = fn->mmio ?
		kvmemdup(fn->mmio, struct_size(fn->mmio, range, fn->mmio->nr),
			 GFP_KERNEL) : NULL;
	if (fn->mmio && !before)
		return restore_refuse(fn, "no memory", -ENOMEM);

	rc = restore_stop(fn);
	times->stopped = ktime_get_ns();
	if (rc)
		return rc;

	times->unlocked = true;
	rc = restore_lock(fn);
	times->locked = ktime_get_ns();
	if (rc)
		return rc;

	rc = restore_collect(fn);
	times->collected = ktime_get_ns();
	if (rc)
		return rc;

	return restore_run(fn, before);
}

/*
 * The driver's remove() may access MMIO that restore_stop() made shared. A
 * function that is LOCKED rejects that, which is harmless, but the platform may
 * end the guest if there is no function at all.
 */
static void restore_park(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	struct pci_tsm_evidence *evidence __free(pci_tsm_evidence) =
		pci_tsm_fn_evidence(fn);
	enum pci_tsm_state state;

	if (!READ_ONCE(fn->pdev->dev.driver) || fn->mmio)
		return;

	if (!evidence || pci_tsm_fn_query(fn, &state) ||
	    state != PCI_TSM_LOCKED ||
	    pci_tsm_mmio_setup(fn->tsm, pci_tsm_evidence_report(evidence),
			       pci_tsm_evidence_msix_unlocked(evidence),
			       &fn->mmio))
		pci_warn(fn->pdev, "no MMIO for the driver that is released\n");
}

/* That explains whatever else went wrong */
static bool restore_relocked(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	enum pci_tsm_state state;

	return pci_tsm_fn_query(fn, &state) == -ESTALE;
}

/* Out of RUN for good; @status says why */
static void fn_lost(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	pci_err(fn->pdev, "out of run: %s\n", fn->restore.status);
	restore_park(fn);
	pci_tsm_fn_fail(fn, fn->restore.status);
}

/* Carry out the restore; under memalloc_noio_save(), as I/O may wait for it */
static int fn_restore(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	struct restore_times times = { .start = ktime_get_ns() };
	struct pci_tsm_restore *r = &fn->restore;
	u64 now;
	int rc;

	rc = restore_allowed(fn) ?: restore_steps(fn, &times);
	if (rc && times.unlocked && restore_relocked(fn))
		rc = restore_refuse(fn, "relocked", -ESTALE);
	now = ktime_get_ns();
	times.stopped = times.stopped ?: now;
	times.locked = times.locked ?: now;
	times.collected = times.collected ?: now;

	if (rc) {
		fn_lost(fn);
	} else {
		strscpy(r->status, "ok");
		WRITE_ONCE(r->count, r->count + 1);
		pci_info(fn->pdev, "restored (%u)\n", r->count);
		sysfs_notify(&fn->pdev->dev.kobj, "tsm", "restore_count");
		sysfs_notify(&fn->pdev->dev.kobj, "tsm", "restore_status");
	}

	trace_pci_tsm_restore(fn->pdev, r->status, rc,
			      times.start - r->reset_since,
			      times.stopped - times.start,
			      times.locked - times.stopped,
			      times.collected - times.locked,
			      now - times.collected);
	return rc;
}

static void restore_work(struct work_struct *work)
{
	struct pci_tsm_fn *fn =
		container_of(work, struct pci_tsm_fn, restore.work);
	unsigned int noio = memalloc_noio_save();

	scoped_guard(mutex, &fn->lock) {
		if (!fn->restore.pending)
			break;
		fn->restore.pending = false;

		switch (fn->state) {
		case PCI_TSM_RUN:
			fn->restore.rc = fn_restore(fn);
			break;
		case PCI_TSM_LOCKED:
			/* Nobody uses it, and nobody verified it yet */
			pci_tsm_fn_fail(fn, "reset");
			break;
		case PCI_TSM_ERROR:
			fn->restore.rc = -EIO;
			break;
		case PCI_TSM_UNLOCKED:
			/* Not even the reset was waited for */
			break;
		}
	}

	memalloc_noio_restore(noio);
}

/* Some drivers reset their device and restore nothing */
static bool is_abandoned(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	return ktime_get_ns() - fn->restore.reset_since >
	       PENDING_MAX_SEC * NSEC_PER_SEC;
}

/* A function in RUN tells nobody when it is not any more */
static void fn_check(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	if (fn->state != PCI_TSM_RUN)
		return;
	if (fn->restore.pending) {
		if (!is_abandoned(fn))
			return;
		fn->restore.pending = false;
		restore_refuse(fn, "not restored", -EIO);
		fn_lost(fn);
		return;
	}
	if (restore_expect(fn, PCI_TSM_RUN))
		fn_lost(fn);
}

static void check_later(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	unsigned int ms = READ_ONCE(pci_tsm_check);

	if (fn->restore.armed && ms)
		mod_delayed_work(system_freezable_power_efficient_wq,
				 &fn->restore.check, msecs_to_jiffies(ms));
}

/*
 * A function may be out of RUN for a reason that is dealt with: it sleeps, which
 * shows when it resumes; or it had an error, and its driver is being told before
 * it is reset. Return: 0 if so; pm_runtime_put() is due if greater than 0.
 */
static int check_begin(struct pci_tsm_fn *fn)
{
	if (READ_ONCE(fn->pdev->error_state) != pci_channel_io_normal)
		return 0;

	return pm_runtime_get_if_active(&fn->pdev->dev);
}

static void check_work(struct work_struct *work)
{
	struct pci_tsm_fn *fn =
		container_of(work, struct pci_tsm_fn, restore.check.work);
	struct device *dev = &fn->pdev->dev;
	int active;

	scoped_guard(mutex, &fn->lock)
		if (!fn->restore.armed)
			return;

	active = check_begin(fn);
	if (active) {
		guard(mutex)(&fn->lock);
		fn_check(fn);
	}
	if (active > 0)
		pm_runtime_put(dev);

	guard(mutex)(&fn->lock);
	check_later(fn);
}

/**
 * pci_tsm_restore_look() - somebody wants to know if a function still is in RUN
 * @fn: the function
 *
 * Nothing is asked of a function that is busy, asleep or recovers from an error.
 *
 * Context: Process context, no locks held. Does not wait for what is under way;
 * sleeps as long as a query of the TSM does.
 */
void pci_tsm_restore_look(struct pci_tsm_fn *fn)
{
	struct device *dev = &fn->pdev->dev;
	int active;

	active = check_begin(fn);
	if (active && mutex_trylock(&fn->lock)) {
		fn_check(fn);
		mutex_unlock(&fn->lock);
	}
	if (active > 0)
		pm_runtime_put(dev);
}

/**
 * pci_tsm_restore_init() - prepare for resets of a function
 * @fn: the function, not known to anybody yet
 */
void pci_tsm_restore_init(struct pci_tsm_fn *fn)
{
	strscpy(fn->restore.status, "none");
	INIT_WORK(&fn->restore.work, restore_work);
	INIT_DELAYED_WORK(&fn->restore.check, check_work);
}

/**
 * pci_tsm_restore_exit() - a function is about to be removed
 * @fn: the function, drained
 *
 * Context: Process context, no locks held.
 */
void pci_tsm_restore_exit(struct pci_tsm_fn *fn)
{
	cancel_delayed_work_sync(&fn->restore.check);
	cancel_work_sync(&fn->restore.work);
}

/**
 * pci_tsm_restore_watch() - a function entered RUN because it was accepted
 * @fn: the function
 *
 * Context: Process context.
 */
void pci_tsm_restore_watch(struct pci_tsm_fn *fn)
{
	guard(mutex)(&fn->lock);
	check_later(fn);
}

/**
 * pci_tsm_restore_arm() - is a function to be restored after a reset?
 * @fn: the function
 * @armed: the answer
 *
 * Context: Process context.
 * Return:
 * * %0       - from now on
 * * %-EINVAL - the function is not in RUN
 */
int pci_tsm_restore_arm(struct pci_tsm_fn *fn, bool armed)
{
	guard(mutex)(&fn->lock);

	if (fn->state != PCI_TSM_RUN) {
		pci_info(fn->pdev, "restore refused: not in run\n");
		return -EINVAL;
	}

	WRITE_ONCE(fn->restore.armed, armed);
	check_later(fn);
	return 0;
}

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
	rc = tsm_op(fn->tsm, "dma_disable", fn_ops(fn)->dma_disable(fn->tsm));
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

/* A function that is about to be removed has no work queued any more */
static bool fn_reset_start(struct pci_tsm_fn *fn)
{
	guard(mutex)(&fn->lock);

	return fn->restore.pending && !fn->leaving &&
	       queue_work(restore_wq, &fn->restore.work);
}

/* One that is told for itself has no configuration yet */
static bool vf_start(struct pci_tsm_fn *vf)
{
	return READ_ONCE(vf->restore.by_pf) && fn_reset_start(vf);
}

static bool vf_finish(struct pci_tsm_fn *vf)
{
	return flush_work(&vf->restore.work);
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
		fn_reset_start(pdev->tsm_fn);
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

	call_vfs(pdev, vf_finish);
	if (!fn)
		return 0;

	flush_work(&fn->restore.work);
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

	fn->restore.pending = false;
	fn->restore.rc = 0;
	if (fn->state == PCI_TSM_RUN) {
		restore_refuse(fn, "reset failed", -EIO);
		fn_lost(fn);
	} else if (fn->state == PCI_TSM_LOCKED) {
		pci_tsm_fn_fail(fn, "reset");
	}
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
	fn_check(fn);
}

/* Before drivers, which may reset their devices */
static int __init pci_tsm_restore_setup(void)
{
	/* A function that is restored may be what memory is written to */
	restore_wq = alloc_workqueue("pci_tsm_restore",
				     WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!restore_wq)
		restore_wq = system_dfl_wq;
	return 0;
}
core_initcall(pci_tsm_restore_setup);
