// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: the TDISP state of one function (PCIe r7.0, sec 11.2),
 * and the only place that changes it. Which functions are managed is decided in
 * gate.c, how userspace asks in sysfs.c.
 *
 * Two rules hold on every path: what the kernel says about a function is what
 * the TSM confirmed, or ERROR; and a step that fails undoes the ones before it.
 */

#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/pci.h>
#include <linux/random.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tsm.h>
#include "ops.h"
#include "report.h"
#include "tsm.h"

static const char * const state_names[] = {
	[PCI_TSM_UNLOCKED] = "unlocked",
	[PCI_TSM_LOCKED] = "locked",
	[PCI_TSM_RUN] = "run",
	[PCI_TSM_ERROR] = "error",
};

static_assert(ARRAY_SIZE(state_names) == PCI_TSM_ERROR + 1);

static const struct pci_tsm_devsec_ops *fn_ops(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	return pci_tsm_ops(fn->tsm);
}

/**
 * pci_tsm_state_name() - name of a TDISP state in sysfs, uevents and the log
 * @state: the state
 *
 * Return: the name, "unknown" for a value out of range.
 */
const char *pci_tsm_state_name(enum pci_tsm_state state)
{
	if ((unsigned int)state >= ARRAY_SIZE(state_names))
		return "unknown";

	return state_names[state];
}

/**
 * pci_tsm_fn_alloc() - allocate the TDISP state of a function
 * @pdev: the function, not yet known to the driver core
 * @hold: policy, see &struct pci_tsm_fn
 *
 * Context: Process context.
 * Return: the object, also found at &pci_dev.tsm_fn, or an ERR_PTR().
 */
struct pci_tsm_fn *pci_tsm_fn_alloc(struct pci_dev *pdev, bool hold)
{
	struct pci_tsm_fn *fn;
	int rc;

	fn = kzalloc_obj(*fn);
	if (!fn)
		return ERR_PTR(-ENOMEM);

	fn->pdev = pdev;
	fn->hold = hold;
	mutex_init(&fn->lock);
	spin_lock_init(&fn->evidence_lock);
	pci_tsm_release_init(fn);
	pci_tsm_guard_init(fn);

	/* A TSM that leaves finds it as soon as it was added */
	pdev->tsm_fn = fn;
	rc = pci_tsm_fn_add(fn);
	if (rc) {
		pdev->tsm_fn = NULL;
		mutex_destroy(&fn->lock);
		kfree(fn);
		return ERR_PTR(rc);
	}

	return fn;
}

/**
 * pci_tsm_fn_free() - free the TDISP state of a function
 * @fn: the object, or NULL; drained and not known any more
 *
 * Context: From the release of the PCI device.
 */
void pci_tsm_fn_free(struct pci_tsm_fn *fn)
{
	if (!fn)
		return;

	/*
	 * There are ranges only if they could not be made shared again. Nobody
	 * else refers to the function any more.
	 */
	context_unsafe(kvfree(fn->mmio));
	mutex_destroy(&fn->lock);
	kfree(fn);
}

/**
 * pci_tsm_fn_evidence() - the evidence of the current LOCK session
 * @fn: the function
 *
 * Context: Process context. Does not wait for the TSM.
 * Return: what was collected last, for pci_tsm_evidence_put(), or NULL if there
 * is none.
 */
struct pci_tsm_evidence *pci_tsm_fn_evidence(struct pci_tsm_fn *fn)
{
	guard(spinlock)(&fn->evidence_lock);
	return fn->evidence ? pci_tsm_evidence_get(fn->evidence) : NULL;
}

/**
 * pci_tsm_fn_generation() - number of the collection of evidence
 * @fn: the function
 *
 * Context: Process context. Does not wait for the TSM.
 * Return: a number that is not used again for this function, when there is
 * other evidence or none any more.
 */
u64 pci_tsm_fn_generation(struct pci_tsm_fn *fn)
{
	guard(spinlock)(&fn->evidence_lock);
	return fn->generation;
}

/**
 * pci_tsm_fn_set_evidence() - have other evidence, or none any more
 * @fn: the function
 * @evidence: the evidence, a reference to it goes to @fn; or NULL
 *
 * Context: Process context under the function's lock.
 */
void pci_tsm_fn_set_evidence(struct pci_tsm_fn *fn,
			     struct pci_tsm_evidence *evidence)
{
	struct pci_tsm_evidence *old;

	scoped_guard(spinlock, &fn->evidence_lock) {
		old = fn->evidence;
		if (!old && !evidence)
			return;
		fn->evidence = evidence;
		fn->generation++;
	}

	if (old)
		pci_tsm_evidence_put(old);
	sysfs_notify(&fn->pdev->dev.kobj, "tsm", "evidence_generation");
}

/*
 * A driver may come by itself in RUN, and in UNLOCKED unless policy holds the
 * function.
 */
static bool fn_no_autoprobe(struct pci_tsm_fn *fn, enum pci_tsm_state state)
{
	switch (state) {
	case PCI_TSM_UNLOCKED:
		return fn->hold;
	case PCI_TSM_RUN:
		return false;
	default:
		return true;
	}
}

static void fn_set_state(struct pci_tsm_fn *fn, enum pci_tsm_state state,
			 const char *reason)
	__must_hold(&fn->lock)
{
	enum pci_tsm_state prev = fn->state;
	struct device *dev = &fn->pdev->dev;
	char prev_env[48], reason_env[96], generation_env[48];
	char *envp[4] = {};

	lockdep_assert_held(&fn->lock);

	/* On already while the function is being locked */
	if (state == PCI_TSM_UNLOCKED || state == PCI_TSM_ERROR)
		pci_tsm_guard_stop(fn);
	if (state == prev)
		return;

	WRITE_ONCE(fn->state, state);
	if (prev == PCI_TSM_RUN)
		WRITE_ONCE(fn->restore.armed, false);
	if (state == PCI_TSM_UNLOCKED) {
		fn->restore.pending = false;
		fn->restore.rc = 0;
	}
	dev_assign_no_autoprobe(dev, fn_no_autoprobe(fn, state));

	trace_pci_tsm_state(fn->pdev, prev, state, reason);
	pci_info(fn->pdev, "%s -> %s (%s)\n", pci_tsm_state_name(prev),
		 pci_tsm_state_name(state), reason);

	/* PCI_TSM_STATE is part of every uevent of the device */
	snprintf(prev_env, sizeof(prev_env), "PCI_TSM_PREV_STATE=%s",
		 pci_tsm_state_name(prev));
	snprintf(reason_env, sizeof(reason_env), "PCI_TSM_REASON=%s", reason);
	snprintf(generation_env, sizeof(generation_env),
		 "PCI_TSM_GENERATION=%llu", pci_tsm_fn_generation(fn));
	envp[0] = prev_env;
	envp[1] = reason_env;
	envp[2] = generation_env;
	kobject_uevent_env(&dev->kobj, KOBJ_CHANGE, envp);
	sysfs_notify(&dev->kobj, "tsm", "state");
}

/* Why a request came to nothing, in one line */
static int fn_refuse(struct pci_tsm_fn *fn, const char *what, const char *why,
		     int rc)
{
	pci_info(fn->pdev, "%s refused: %s\n", what, why);
	return rc;
}

static bool fn_closed(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	return fn->leaving || fn->draining;
}

/**
 * pci_tsm_fn_query() - ask the TSM what the function is in
 * @fn: the function, with a TSM
 * @state: the state, ERROR on failure
 *
 * Context: Process context under the function's lock. Sleeps as long as TSM
 * operations do.
 * Return: 0 or an error of the TSM.
 */
int pci_tsm_fn_query(struct pci_tsm_fn *fn, enum pci_tsm_state *state)
{
	int rc;

	*state = PCI_TSM_ERROR;
	rc = tsm_op(fn->tsm, "query", fn_ops(fn)->query(fn->tsm, state));
	/* The TSM says more about a LOCK session that was lost */
	if (rc && rc != -ESTALE)
		pci_err(fn->pdev, "state query failed: %d\n", rc);

	return rc;
}

/* Is the function really in @want? 0, or a negative errno */
static int fn_expect(struct pci_tsm_fn *fn, enum pci_tsm_state want)
	__must_hold(&fn->lock)
{
	enum pci_tsm_state state;
	int rc;

	rc = pci_tsm_fn_query(fn, &state);
	if (rc)
		return rc;
	if (state != want) {
		pci_err(fn->pdev, "TSM says %s, not %s\n",
			pci_tsm_state_name(state), pci_tsm_state_name(want));
		return -EIO;
	}
	return 0;
}

/*
 * Take the function out of whatever it is in: no DMA, nothing private, and
 * UNLOCKED if the TSM confirms it. With the context kept on failure, another
 * unlock can try again.
 */
static int fn_stop(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	int dma_rc, mmio_rc, rc;

	/* Unlocking is what stops DMA for sure, so a failure here can wait */
	dma_rc = tsm_op(fn->tsm, "dma_disable",
			fn_ops(fn)->dma_disable(fn->tsm));
	if (dma_rc)
		pci_warn(fn->pdev, "disabling DMA failed: %d\n", dma_rc);

	if (fn->foreign)
		mmio_rc = pci_tsm_mmio_reclaim(fn->tsm);
	else
		mmio_rc = pci_tsm_mmio_teardown(fn->tsm, &fn->mmio);

	pci_tsm_fn_set_evidence(fn, NULL);
	rc = tsm_op(fn->tsm, "unlock", fn_ops(fn)->unlock(fn->tsm));
	if (rc)
		pci_err(fn->pdev, "unlock failed: %d\n", rc);
	else
		rc = fn_expect(fn, PCI_TSM_UNLOCKED);

	/*
	 * A driver is only there in the end, after its shutdown(). What it still maps
	 * then is out of reach, rather than given to the host.
	 */
	if (!fn->pdev->dev.driver)
		dev_clear_dma_cc_private(&fn->pdev->dev);
	fn->dma = false;

	rc = rc ?: mmio_rc;
	if (!rc)
		fn->foreign = false;
	return rc;
}

/*
 * DMA that the TSM does not disable: with Bus Master Enable gone, the device is in
 * ERROR by itself (PCIe r7.0, sec 11.2.6) and does no more.
 */
static void fn_clear_master(struct pci_tsm_fn *fn)
{
	struct pci_dev *pdev = fn->pdev;
	u16 command;

	/* Not what config.c keeps from happening */
	pci_bus_read_config_word(pdev->bus, pdev->devfn, PCI_COMMAND, &command);
	pci_bus_write_config_word(pdev->bus, pdev->devfn, PCI_COMMAND,
				  command & ~PCI_COMMAND_MASTER);
}

/**
 * pci_tsm_fn_fail() - found not to be where it should be
 * @fn: the function, with a TSM
 * @reason: why, for userspace
 *
 * No DMA, and nothing but unlock helps. A driver that was bound in RUN is
 * released, and &pci_tsm_restore.status says why.
 *
 * Context: Process context under the function's lock. Sleeps as long as TSM
 * operations do.
 */
void pci_tsm_fn_fail(struct pci_tsm_fn *fn, const char *reason)
{
	bool ran = fn->state == PCI_TSM_RUN;
	int rc;

	guard(pci_tsm_noio)();

	rc = tsm_op(fn->tsm, "dma_disable", fn_ops(fn)->dma_disable(fn->tsm));
	if (rc) {
		pci_err(fn->pdev, "disabling DMA failed: %d\n", rc);
		fn_clear_master(fn);
	}
	fn->dma = false;
	fn_set_state(fn, PCI_TSM_ERROR, reason);
	if (!ran)
		return;

	if (reason != fn->restore.status)
		strscpy(fn->restore.status, reason);
	sysfs_notify(&fn->pdev->dev.kobj, "tsm", "restore_status");
	pci_tsm_release_start(fn);
}

static void fn_set_accepted(struct pci_tsm_fn *fn,
			    struct pci_tsm_evidence *evidence)
	__must_hold(&fn->lock)
{
	if (fn->accepted)
		pci_tsm_evidence_put(fn->accepted);
	fn->accepted = evidence;
}

/* Does @digest name the evidence that was collected last? */
static bool fn_is(struct pci_tsm_fn *fn, const u8 *digest)
{
	struct pci_tsm_evidence *evidence __free(pci_tsm_evidence) =
		pci_tsm_fn_evidence(fn);

	return evidence && !memcmp(pci_tsm_evidence_digest(evidence), digest,
				   PCI_TSM_DIGEST_SIZE);
}

/* Is the evidence that was collected last what was accepted? */
static bool fn_is_accepted(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	return fn_is(fn, pci_tsm_evidence_digest(fn->accepted));
}

static void fn_put_tsm(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	struct pci_tsm_devsec *tsm = fn->tsm;

	fn->tsm = NULL;
	fn_set_accepted(fn, NULL);
	pci_tsm_ops(tsm)->remove(tsm);
}

/* Stop, and say what came of it */
static int fn_unlock(struct pci_tsm_fn *fn, const char *reason)
	__must_hold(&fn->lock)
{
	int rc;

	rc = fn_stop(fn);
	if (rc) {
		fn_set_state(fn, PCI_TSM_ERROR, "unlock-failed");
		return rc;
	}

	fn_put_tsm(fn);
	fn_set_state(fn, PCI_TSM_UNLOCKED, reason);
	return 0;
}

static int fn_get_tsm(struct pci_tsm_fn *fn, struct tsm_dev *tsm_dev)
	__must_hold(&fn->lock)
{
	struct pci_tsm_devsec *tsm;

	tsm = tsm_dev->pci_ops->devsec_ops->probe(tsm_dev, fn->pdev);
	if (IS_ERR_OR_NULL(tsm)) {
		int rc = tsm ? PTR_ERR(tsm) : -ENXIO;

		pci_err(fn->pdev, "%s does not take the function: %d\n",
			dev_name(&tsm_dev->dev), rc);
		return rc;
	}

	fn->tsm = tsm;
	return 0;
}

/*
 * After a step failed with @rc: if the function is not in @want any more, it is
 * in ERROR. A LOCK session that was lost explains whatever else went wrong.
 */
static int fn_failed(struct pci_tsm_fn *fn, enum pci_tsm_state want, int rc,
		     const char *reason)
	__must_hold(&fn->lock)
{
	int now = fn_expect(fn, want);

	if (now)
		pci_tsm_fn_fail(fn, reason);

	return now == -ESTALE ? now : rc;
}

/*
 * After a failure there is no evidence: the TSM may have begun a collection, and
 * what was there is the latest no more.
 */
static int fn_collect(struct pci_tsm_fn *fn, const u8 *nonce)
	__must_hold(&fn->lock)
{
	struct pci_tsm_evidence *evidence = NULL;
	int rc;

	rc = pci_tsm_evidence_collect(fn->tsm, nonce, &evidence);
	pci_tsm_fn_set_evidence(fn, evidence);
	return rc;
}

/* Where nobody outside is to be convinced of the freshness */
static int fn_collect_own_nonce(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	u8 nonce[PCI_TSM_NONCE_SIZE];

	get_random_bytes(nonce, sizeof(nonce));
	return fn_collect(fn, nonce);
}

/* May MSI-X be configured while the function is locked? */
static void fn_set_msix_locked(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	struct pci_tsm_evidence *evidence __free(pci_tsm_evidence) =
		pci_tsm_fn_evidence(fn);

	WRITE_ONCE(fn->guard.msix_locked,
		   !pci_tsm_evidence_msix_unlocked(evidence) &&
		   pci_tsm_evidence_report(evidence)->msix_control);
}

/**
 * pci_tsm_fn_lock() - enter LOCKED
 * @fn: the function
 * @tsm_id: N of tsmN, the TSM to use
 *
 * LOCK_INTERFACE_REQUEST, PCIe r7.0, sec 11.3.8, and a first collection of
 * evidence.
 *
 * Context: Process context under device_lock(). Sleeps as long as TSM
 * operations do.
 * Return:
 * * %0        - LOCKED
 * * %-EBUSY   - a driver is bound, or the function is LOCKED or in RUN
 * * %-EIO     - the function is in ERROR
 * * %-ENXIO   - no such devsec TSM, or the function is about to be removed
 * * %-EBADMSG - evidence is malformed, or not what the TSM saw; UNLOCKED
 * * %-ESTALE  - evidence is of another LOCK session; UNLOCKED
 * * %-EINTR   - a signal came before anything was done, or meanwhile
 * * other     - error of the TSM; UNLOCKED, or ERROR if that is not certain
 */
int pci_tsm_fn_lock(struct pci_tsm_fn *fn, int tsm_id)
{
	struct pci_dev *pdev = fn->pdev;
	enum pci_tsm_state state;
	struct tsm_dev *tsm_dev;
	int rc;

	device_lock_assert(&pdev->dev);
	ACQUIRE(mutex_intr, lock)(&fn->lock);
	rc = ACQUIRE_ERR(mutex_intr, &lock);
	if (rc)
		return rc;

	if (pdev->dev.driver)
		return fn_refuse(fn, "lock", "a driver is bound", -EBUSY);
	if (fn->state == PCI_TSM_ERROR)
		return fn_refuse(fn, "lock", "in error, unlock first", -EIO);
	if (fn->state != PCI_TSM_UNLOCKED)
		return fn_refuse(fn, "lock", "locked already", -EBUSY);

	tsm_dev = pci_tsm_devsec_find(tsm_id);
	if (!tsm_dev || fn_closed(fn))
		return fn_refuse(fn, "lock", "no such TSM", -ENXIO);

	rc = fn_get_tsm(fn, tsm_dev);
	if (rc)
		return rc;

	rc = pci_tsm_fn_query(fn, &state);
	if (rc) {
		/* Nothing was touched: the TSM may not even know the function */
		fn_put_tsm(fn);
		return rc;
	}

	/*
	 * A function may be left over in another state, by a kernel before this
	 * one or by a TSM driver that could not finish.
	 */
	if (state != PCI_TSM_UNLOCKED) {
		pci_info(pdev, "found %s, unlocking first\n",
			 pci_tsm_state_name(state));
		fn->foreign = true;
		rc = fn_stop(fn);
		if (rc) {
			fn_set_state(fn, PCI_TSM_ERROR, "not-unlocked");
			return rc;
		}
	}

	pci_tsm_guard_start(fn);
	rc = tsm_op(fn->tsm, "lock", fn_ops(fn)->lock(fn->tsm));
	if (!rc)
		rc = fn_expect(fn, PCI_TSM_LOCKED);
	if (!rc) {
		rc = fn_collect_own_nonce(fn);
		if (rc && fn_expect(fn, PCI_TSM_LOCKED) == -ESTALE)
			rc = -ESTALE;
	}
	if (rc) {
		pci_err(pdev, "lock failed: %d\n", rc);
		fn_unlock(fn, "lock-failed");
		return rc;
	}

	fn_set_msix_locked(fn);
	fn_set_state(fn, PCI_TSM_LOCKED, "lock");
	return 0;
}

/**
 * pci_tsm_fn_refresh() - collect evidence again
 * @fn: the function
 * @nonce: %PCI_TSM_NONCE_SIZE bytes that the measurements are to be signed for
 *
 * A function in RUN that turns out not to be what was accepted is in ERROR
 * then, and reaches private memory no more.
 *
 * Context: Process context. Sleeps as long as TSM operations do.
 * Return:
 * * %0            - there is new evidence
 * * %-EINVAL      - the function is not LOCKED or in RUN
 * * %-EIO         - the function is in ERROR, or was found to be
 * * %-EBUSY       - the function is being reset, or recovers from an error
 * * %-ENXIO       - the function or its TSM is about to be removed
 * * %-EBADMSG     - evidence is malformed, or not what the TSM saw
 * * %-ESTALE      - evidence is of another LOCK session, or not for @nonce
 * * %-EKEYREJECTED - in RUN: the device is not what was accepted
 * * %-EINTR   - a signal came before anything was done, or meanwhile
 * * other         - error of the TSM
 *
 * After a failed collection there is no evidence, but for %-EKEYREJECTED, where it shows
 * what differs. The state is as before, or ERROR.
 */
int pci_tsm_fn_refresh(struct pci_tsm_fn *fn, const u8 *nonce)
{
	int rc;

	ACQUIRE(mutex_intr, lock)(&fn->lock);
	rc = ACQUIRE_ERR(mutex_intr, &lock);
	if (rc)
		return rc;

	if (fn->state == PCI_TSM_ERROR)
		return fn_refuse(fn, "nonce", "in error, unlock first", -EIO);
	if (fn->state == PCI_TSM_UNLOCKED)
		return fn_refuse(fn, "nonce", "not locked", -EINVAL);
	if (fn_closed(fn))
		return fn_refuse(fn, "nonce", "about to be removed", -ENXIO);
	/* Or about to be, after an error */
	if (fn->restore.pending || fn->release.recoveries)
		return fn_refuse(fn, "nonce", "being reset", -EBUSY);

	guard(pci_tsm_noio)();

	rc = fn_collect(fn, nonce) ?: fn_expect(fn, fn->state);
	if (rc)
		return fn_failed(fn, fn->state, rc, "collect-failed");

	if (fn->state == PCI_TSM_RUN && !fn_is_accepted(fn)) {
		pci_tsm_fn_fail(fn, "evidence-differs");
		return fn_refuse(fn, "nonce", "not the device that was accepted",
				 -EKEYREJECTED);
	}

	return 0;
}

/*
 * Unless it says otherwise, the device may take a firmware update at any time
 * and stay where it is: see if it is still what @evidence says.
 */
static int fn_measure_again(struct pci_tsm_fn *fn,
			    struct pci_tsm_evidence *evidence)
	__must_hold(&fn->lock)
{
	int rc;

	if (pci_tsm_evidence_report(evidence)->interface_info &
	    PCI_TSM_REPORT_NO_FW_UPDATE)
		return 0;

	rc = fn_collect_own_nonce(fn);
	if (rc)
		return rc;
	if (!fn_is(fn, pci_tsm_evidence_digest(evidence)))
		return fn_refuse(fn, "accept", "measured again, evidence differs",
				 -ESTALE);
	return 0;
}

/* Is the evidence what was named, and still true? */
static int fn_check_evidence(struct pci_tsm_fn *fn, const u8 *digest)
	__must_hold(&fn->lock)
{
	struct pci_tsm_evidence *evidence __free(pci_tsm_evidence) =
		pci_tsm_fn_evidence(fn);

	if (!evidence)
		return fn_refuse(fn, "accept", "no evidence, write a nonce first",
				 -ESTALE);
	if (digest && !fn_is(fn, digest))
		return fn_refuse(fn, "accept", "evidence is not what was named",
				 -ESTALE);

	return fn_measure_again(fn, evidence);
}

/* What enters RUN is validated first and confirmed afterwards */
static int fn_run(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	struct pci_tsm_evidence *evidence __free(pci_tsm_evidence) =
		pci_tsm_fn_evidence(fn);
	int rc;

	rc = fn_expect(fn, PCI_TSM_LOCKED);
	if (rc)
		return rc;

	rc = pci_tsm_mmio_setup(fn->tsm, pci_tsm_evidence_report(evidence),
				pci_tsm_evidence_msix_unlocked(evidence),
				&fn->mmio);
	if (rc)
		return rc;

	rc = tsm_op(fn->tsm, "run", fn_ops(fn)->run(fn->tsm));
	if (rc)
		pci_err(fn->pdev, "run failed: %d\n", rc);
	else
		rc = fn_expect(fn, PCI_TSM_RUN) ?: fn_measure_again(fn, evidence);
	if (rc)
		return rc;

	fn_set_accepted(fn, no_free_ptr(evidence));
	return 0;
}

/* Who names the evidence also says what may come back after a reset */
static void fn_set_restore(struct pci_tsm_fn *fn, bool armed)
	__must_hold(&fn->lock)
{
	struct pci_tsm_restore *restore = &fn->restore;

	ratelimit_state_init(&restore->limit,
			     msecs_to_jiffies(READ_ONCE(pci_tsm_restore_interval)),
			     READ_ONCE(pci_tsm_restore_burst));
	ratelimit_set_flags(&restore->limit, RATELIMIT_MSG_ON_RELEASE);
	WRITE_ONCE(restore->count, 0);
	strscpy(restore->status, "none");
	WRITE_ONCE(restore->armed, armed);
}

/**
 * pci_tsm_fn_accept() - enter RUN
 * @fn: the function
 * @digest: %PCI_TSM_DIGEST_SIZE bytes that name the evidence that was verified,
 *	    or NULL for whatever this LOCK session collected
 *
 * START_INTERFACE_REQUEST, PCIe r7.0, sec 11.3.14, after every TEE range of the
 * interface report was validated by the TSM. A device that may take a firmware
 * update while LOCKED is measured again, before and after it. DMA to private
 * memory stays off until a driver is attached. Who names the evidence also gets
 * the function restored after a reset.
 *
 * Context: Process context under device_lock(). Sleeps as long as TSM
 * operations do.
 * Return:
 * * %1        - RUN was entered
 * * %0        - the function was in RUN already, nothing was done
 * * %-EINVAL  - the function is not LOCKED
 * * %-EIO     - the function is in ERROR, or was found to be
 * * %-EBUSY   - the function is being reset
 * * %-ENXIO   - the function or its TSM is about to be removed
 * * %-ESTALE  - the evidence is not what @digest names, or is not current
 * * %-EBADMSG - the interface report does not fit the BARs
 * * %-EINTR   - a signal came before anything was done, or meanwhile
 * * other     - error of the TSM; LOCKED still, or ERROR if that is not certain
 */
int pci_tsm_fn_accept(struct pci_tsm_fn *fn, const u8 *digest)
{
	int rc;

	device_lock_assert(&fn->pdev->dev);
	ACQUIRE(mutex_intr, lock)(&fn->lock);
	rc = ACQUIRE_ERR(mutex_intr, &lock);
	if (rc)
		return rc;

	switch (fn->state) {
	case PCI_TSM_RUN:
		if (digest && memcmp(digest, pci_tsm_evidence_digest(fn->accepted),
				     PCI_TSM_DIGEST_SIZE))
			return fn_refuse(fn, "accept", "other evidence was accepted",
					 -ESTALE);
		return 0;
	case PCI_TSM_LOCKED:
		break;
	case PCI_TSM_ERROR:
		return fn_refuse(fn, "accept", "in error, unlock first", -EIO);
	default:
		return fn_refuse(fn, "accept", "not locked", -EINVAL);
	}
	if (fn_closed(fn))
		return fn_refuse(fn, "accept", "about to be removed", -ENXIO);
	if (fn->restore.pending)
		return fn_refuse(fn, "accept", "being reset", -EBUSY);

	rc = fn_check_evidence(fn, digest) ?: fn_run(fn);
	if (rc) {
		int undo = pci_tsm_mmio_teardown(fn->tsm, &fn->mmio);

		rc = fn_failed(fn, PCI_TSM_LOCKED, rc, "accept-failed");
		if (undo)
			pci_tsm_fn_fail(fn, "accept-failed");
		return rc;
	}

	/* No driver is bound: buffers will be private from the first one on */
	dev_set_dma_cc_private(&fn->pdev->dev);
	fn_set_state(fn, PCI_TSM_RUN, "accept");
	fn_set_restore(fn, digest);
	return 1;
}

/**
 * pci_tsm_fn_unlock() - leave LOCKED, RUN or ERROR
 * @fn: the function
 * @tsm_id: N of tsmN, the TSM that has the function in its care. For a function
 *	    in ERROR whose TSM went away, any devsec TSM.
 *
 * STOP_INTERFACE_REQUEST, PCIe r7.0, sec 11.3.16. May be called again when it
 * failed.
 *
 * Context: Process context under device_lock(). Sleeps as long as TSM
 * operations do.
 * Return:
 * * %0       - UNLOCKED
 * * %-EBUSY  - a driver is bound
 * * %-EINVAL - the function is UNLOCKED, or @tsm_id is another TSM
 * * %-EINTR   - a signal came before anything was done, or meanwhile
 * * other    - error of the TSM, the function is in ERROR
 */
int pci_tsm_fn_unlock(struct pci_tsm_fn *fn, int tsm_id)
{
	struct tsm_dev *tsm_dev = NULL;
	int rc;

	device_lock_assert(&fn->pdev->dev);
	ACQUIRE(mutex_intr, lock)(&fn->lock);
	rc = ACQUIRE_ERR(mutex_intr, &lock);
	if (rc)
		return rc;

	if (fn->state == PCI_TSM_UNLOCKED)
		return fn_refuse(fn, "unlock", "not locked", -EINVAL);
	if (fn->tsm) {
		if (fn->tsm->tsm_dev->id != tsm_id)
			return fn_refuse(fn, "unlock", "locked by another TSM",
					 -EINVAL);
	} else {
		tsm_dev = pci_tsm_devsec_find(tsm_id);
		if (!tsm_dev || fn_closed(fn))
			return fn_refuse(fn, "unlock", "no such TSM", -EINVAL);
	}
	if (fn->pdev->dev.driver || fn->release.pending)
		return fn_refuse(fn, "unlock", "a driver is bound", -EBUSY);
	if (!fn->tsm) {
		rc = fn_get_tsm(fn, tsm_dev);
		if (rc)
			return rc;
	}

	return fn_unlock(fn, "unlock");
}

/**
 * pci_tsm_fn_attach() - a driver is about to be attached
 * @fn: the function
 *
 * In RUN, make sure that it is still so, and let the function reach private
 * memory. May be called again while the driver is attached.
 *
 * Context: Process context, under device_lock() when a driver is attached.
 * Return:
 * * %0       - go ahead: with private memory in RUN, without in UNLOCKED
 * * %-EBUSY  - the function is LOCKED or in ERROR, or about to leave RUN
 * * %-ESTALE - a collection of evidence failed in RUN, and no other succeeded
 * * %-EIO    - the function is not in RUN any more
 * * other    - error of the TSM
 */
int pci_tsm_fn_attach(struct pci_tsm_fn *fn)
{
	int rc;

	guard(mutex)(&fn->lock);

	if (fn_closed(fn))
		return fn_refuse(fn, "driver", "about to be removed", -EBUSY);
	if (fn->release.pending)
		return fn_refuse(fn, "driver", "another is being released", -EBUSY);

	switch (fn->state) {
	case PCI_TSM_UNLOCKED:
		return 0;
	case PCI_TSM_RUN:
		break;
	default:
		return fn_refuse(fn, "driver",
				 fn->state == PCI_TSM_LOCKED ?
				 "locked, accept or unlock first" :
				 "in error, unlock first", -EBUSY);
	}

	pci_tsm_guard_attach(fn);
	if (fn->dma)
		return 0;

	/* By a driver before this one, which did not restore it */
	if (fn->restore.pending) {
		pci_tsm_fn_fail(fn, "reset");
		return -EIO;
	}

	if (!fn_is_accepted(fn))
		return fn_refuse(fn, "driver", "no evidence, write a nonce first",
				 -ESTALE);

	if (fn_expect(fn, PCI_TSM_RUN)) {
		pci_tsm_fn_fail(fn, "not-run");
		return -EIO;
	}

	rc = tsm_op(fn->tsm, "dma_enable", fn_ops(fn)->dma_enable(fn->tsm));
	if (rc) {
		pci_err(fn->pdev, "enabling DMA failed: %d\n", rc);
		if (fn_expect(fn, PCI_TSM_RUN))
			pci_tsm_fn_fail(fn, "not-run");
		return rc;
	}

	fn->dma = true;
	return 0;
}

/**
 * pci_tsm_fn_resume() - a driver wants DMA again
 * @fn: the function
 *
 * Undoes a pci_tsm_fn_detach() that came from the driver itself. A device that
 * cannot do DMA any more would be waited for in vain: if that fails, the function is
 * in ERROR and the driver is released.
 *
 * Context: Process context.
 */
void pci_tsm_fn_resume(struct pci_tsm_fn *fn)
{
	int rc;

	guard(mutex)(&fn->lock);

	if (fn->state != PCI_TSM_RUN || fn->dma || fn_closed(fn) ||
	    !fn->pdev->dev.driver)
		return;
	if (!fn_is_accepted(fn)) {
		fn_refuse(fn, "DMA", "no evidence, write a nonce first", -ESTALE);
		return;
	}

	/* Not before the function is back */
	if (fn->restore.pending) {
		fn->restore.dma = true;
		return;
	}

	rc = tsm_op(fn->tsm, "dma_enable", fn_ops(fn)->dma_enable(fn->tsm));
	if (rc) {
		pci_err(fn->pdev, "enabling DMA failed: %d\n", rc);
		pci_tsm_fn_fail(fn, "dma-enable-failed");
		return;
	}

	fn->dma = true;
}

static void fn_stop_dma(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock)
{
	int rc;

	fn->restore.dma = false;
	if (!fn->dma)
		return;

	rc = tsm_op(fn->tsm, "dma_disable", fn_ops(fn)->dma_disable(fn->tsm));
	if (rc) {
		pci_err(fn->pdev, "disabling DMA failed: %d\n", rc);
		pci_tsm_fn_fail(fn, "dma-disable-failed");
	}
	fn->dma = false;
}

/**
 * pci_tsm_fn_detach() - a driver was detached, or wants no DMA any more
 * @fn: the function
 *
 * The function stays in RUN but reaches private memory no more. What the driver
 * mapped stays private: its managed resources are released after this.
 *
 * Context: Process context.
 */
void pci_tsm_fn_detach(struct pci_tsm_fn *fn)
{
	guard(mutex)(&fn->lock);
	fn_stop_dma(fn);
}

/**
 * pci_tsm_fn_detach_if() - a driver wanted no DMA any more a moment ago
 * @fn: the function
 *
 * As pci_tsm_fn_detach(), unless somebody wants DMA again: whoever does clears
 * &pci_tsm_guard.stop before it looks at the function under its lock.
 *
 * Context: Process context.
 */
void pci_tsm_fn_detach_if(struct pci_tsm_fn *fn)
{
	guard(mutex)(&fn->lock);
	if (READ_ONCE(fn->guard.stop))
		fn_stop_dma(fn);
}

static bool fn_uses(struct pci_tsm_fn *fn, struct tsm_dev *tsm_dev)
	__must_hold(&fn->lock)
{
	return fn->tsm && (!tsm_dev || fn->tsm->tsm_dev == tsm_dev);
}

/**
 * pci_tsm_fn_drain() - get a function out of the hands of a TSM
 * @fn: the function
 * @tsm_dev: the TSM that leaves, or NULL for any when the function itself does
 *
 * Releases a driver that is bound to a function in the care of @tsm_dev,
 * unlocks the function and drops the context of the TSM, even when unlocking
 * failed: the function is in ERROR then.
 *
 * Context: Process context, no locks held. Sleeps as long as TSM operations and
 * the driver's remove() do.
 */
void pci_tsm_fn_drain(struct pci_tsm_fn *fn, struct tsm_dev *tsm_dev)
{
	struct device *dev = &fn->pdev->dev;

	scoped_guard(device, dev) {
		guard(mutex)(&fn->lock);

		if (!tsm_dev)
			fn->leaving = true;
		if (!fn_uses(fn, tsm_dev))
			return;
		/* Nothing may be bound between the release and the unlock */
		if (tsm_dev)
			fn->draining = true;
		dev_set_no_autoprobe(dev);
	}

	device_release_driver(dev);

	guard(device)(dev);
	guard(mutex)(&fn->lock);

	/* An unlock, or the other reason to drain, may have come between */
	if (fn_uses(fn, tsm_dev) &&
	    fn_unlock(fn, tsm_dev ? "tsm-gone" : "removed"))
		fn_put_tsm(fn);

	if (tsm_dev)
		fn->draining = false;
}

/**
 * pci_tsm_fn_shutdown() - the machine is shut down, or given to another kernel
 * @fn: the function
 * @quiet: nobody will access it any more; else its driver has no shutdown()
 *
 * Whoever comes next finds a function that does no DMA, and that is unlocked if that
 * can be done without harm to a driver that does not know. Otherwise it is left in
 * RUN, and the next kernel unlocks it before it locks it.
 *
 * Context: Process context under device_lock(). Sleeps as long as TSM operations do.
 */
void pci_tsm_fn_shutdown(struct pci_tsm_fn *fn, bool quiet)
{
	int rc;

	guard(mutex)(&fn->lock);

	fn->leaving = true;
	if (!fn->tsm)
		return;
	if (quiet) {
		fn_unlock(fn, "shutdown");
		return;
	}

	/* Nobody looks if it still is in RUN, and releases the driver if not */
	WRITE_ONCE(fn->restore.armed, false);
	rc = tsm_op(fn->tsm, "dma_disable", fn_ops(fn)->dma_disable(fn->tsm));
	if (rc) {
		pci_err(fn->pdev, "disabling DMA failed: %d\n", rc);
		fn_clear_master(fn);
	}
	fn->dma = false;
}
