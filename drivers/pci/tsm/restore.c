// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: bring a function back to RUN.
 *
 * A function that was in RUN before a reset is locked and measured again, and enters
 * RUN if that is exactly what was accepted. In every other case it stays out: no
 * private DMA, its driver is told and released, and tsm/restore_status says why. Its
 * MMIO is private as long as there is a driver that could access it, if the TSM can
 * lock the function again; it rejects accesses then.
 *
 * A device tells nobody when it leaves RUN by itself, so functions that are to be
 * restored are looked at now and then.
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

/* Carry out the restore; under pci_tsm_noio, as I/O may wait for it */
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

	guard(pci_tsm_noio)();

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
}

/**
 * pci_tsm_restore_start() - begin to restore a function
 * @fn: the function
 *
 * One that is about to be removed has no work queued any more.
 *
 * Context: Process context.
 * Return: true if there is something to do.
 */
bool pci_tsm_restore_start(struct pci_tsm_fn *fn)
{
	guard(mutex)(&fn->lock);

	return fn->restore.pending && !fn->leaving &&
	       queue_work(restore_wq, &fn->restore.work);
}

/**
 * pci_tsm_restore_wait() - wait for what pci_tsm_restore_start() began
 * @fn: the function
 *
 * Context: Process context, not under locks that a TSM operation needs. Sleeps as
 * long as TSM operations do.
 * Return: true if there was something to wait for.
 */
bool pci_tsm_restore_wait(struct pci_tsm_fn *fn)
{
	return flush_work(&fn->restore.work);
}

/* Some drivers reset their device and restore nothing */
static bool is_abandoned(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	return ktime_get_ns() - fn->restore.reset_since >
	       PENDING_MAX_SEC * NSEC_PER_SEC;
}

/**
 * pci_tsm_restore_give_up() - a reset function cannot be restored
 * @fn: the function
 * @why: for tsm/restore_status
 *
 * Context: Process context under the function's lock. Sleeps as long as TSM
 * operations do.
 */
void pci_tsm_restore_give_up(struct pci_tsm_fn *fn, const char *why)
{
	fn->restore.pending = false;
	fn->restore.rc = 0;
	if (fn->state == PCI_TSM_RUN) {
		restore_refuse(fn, why, -EIO);
		fn_lost(fn);
	} else if (fn->state == PCI_TSM_LOCKED) {
		pci_tsm_fn_fail(fn, "reset");
	}
}

/**
 * pci_tsm_restore_check() - is a function still in RUN, if it should be?
 * @fn: the function
 *
 * Context: Process context under the function's lock. Sleeps as long as TSM
 * operations do.
 */
void pci_tsm_restore_check(struct pci_tsm_fn *fn)
{
	if (fn->state != PCI_TSM_RUN)
		return;
	if (fn->restore.pending) {
		if (is_abandoned(fn))
			pci_tsm_restore_give_up(fn, "not restored");
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
 * shows when it resumes; or it had a fatal error, and its driver is being told
 * before it is reset. Return: 0 if so; pm_runtime_put() is due if greater than 0.
 */
static int check_begin(struct pci_tsm_fn *fn)
{
	if (READ_ONCE(fn->pdev->error_state) != pci_channel_io_normal)
		return 0;

	return pm_runtime_get_if_active(&fn->pdev->dev);
}

/*
 * While its driver is told of an error that is not fatal, a function looks as usual.
 * It is asked when all drivers have said if they want a reset.
 */
static void check_now(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	if (!fn->release.recoveries)
		pci_tsm_restore_check(fn);
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
		check_now(fn);
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
		check_now(fn);
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
