// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: configuration of a locked function.
 *
 * Many writes to configuration space take a function out of LOCKED and RUN (PCIe
 * r7.0, sec 11.2.6), and some of them are nothing special to a driver or to root.
 * They are refused, or do not change the bits that matter, see guard.c; what is read
 * is always the truth.
 *
 * Bus Master Enable is one of these bits. Drivers clear it as a matter of course when
 * they let go of a device, and rely on it before they free buffers. So the register
 * is left alone, and the TSM stops and resumes DMA in its place.
 */

#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <linux/cleanup.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include "../pci.h"
#include "tsm.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "pci_tsm."

static const char * const guard_names[] = {
	[PCI_TSM_GUARD_ON] = "on",
	[PCI_TSM_GUARD_REPORT] = "report",
	[PCI_TSM_GUARD_OFF] = "off",
};

enum pci_tsm_guard_mode pci_tsm_guard_mode;

static const struct pci_tsm_choice guard_choice = {
	.names = guard_names,
	.nr = ARRAY_SIZE(guard_names),
	.value = &pci_tsm_guard_mode,
};
module_param_cb(guard, &pci_tsm_choice_ops, (void *)&guard_choice, 0444);
MODULE_PARM_DESC(guard,
		 "Writes to configuration space that would take a locked function out of its state: on (refused), report (to the log only), off");

static void stop_work(struct work_struct *work)
{
	pci_tsm_fn_detach_if(container_of(work, struct pci_tsm_fn, guard.work));
}

/**
 * pci_tsm_guard_init() - prepare to guard a function
 * @fn: the function, not known to anybody yet
 */
void pci_tsm_guard_init(struct pci_tsm_fn *fn)
{
	INIT_WORK(&fn->guard.work, stop_work);
	ratelimit_state_init(&fn->guard.limit, 5 * HZ, 40);
}

/**
 * pci_tsm_guard_exit() - a function is about to be removed
 * @fn: the function, drained
 *
 * Context: Process context, no locks held.
 */
void pci_tsm_guard_exit(struct pci_tsm_fn *fn)
{
	cancel_work_sync(&fn->guard.work);
}

/*
 * Userspace writes under pci_lock: what it was allowed to write before is written when
 * this returns, and everything else is judged by what is set here.
 */
static void set_guard(struct pci_tsm_fn *fn, bool on)
	__must_hold(&fn->lock)
{
	guard(raw_spinlock_irq)(&pci_lock);
	WRITE_ONCE(fn->guard.changes, fn->guard.changes + 1);
	/* Who sees it sees @map, too */
	smp_store_release(&fn->guard.on, on);
}

/**
 * pci_tsm_guard_start() - keep a function's configuration from now on
 * @fn: the function, about to be locked
 *
 * Context: Process context under the function's lock.
 */
void pci_tsm_guard_start(struct pci_tsm_fn *fn)
{
	pci_tsm_guard_find(fn->pdev, &fn->guard.map);
	fn->guard.msix_locked = true;
	pci_tsm_guard_attach(fn);
	set_guard(fn, true);
}

/**
 * pci_tsm_guard_stop() - a function may be configured again
 * @fn: the function, no longer LOCKED or in RUN
 *
 * Context: Process context under the function's lock.
 */
void pci_tsm_guard_stop(struct pci_tsm_fn *fn)
{
	if (fn->guard.on)
		set_guard(fn, false);
}

/**
 * pci_tsm_guard_attach() - forget who wanted no DMA
 * @fn: the function
 *
 * Context: Any.
 */
void pci_tsm_guard_attach(struct pci_tsm_fn *fn)
{
	WRITE_ONCE(fn->guard.stop, false);
	WRITE_ONCE(fn->guard.user_stop, false);
}

static bool is_guarded_from_user(struct pci_tsm_fn *fn)
{
	/* Pairs with pci_tsm_guard_start(): @map is there, too */
	return smp_load_acquire(&fn->guard.on) &&
	       pci_tsm_guard_mode != PCI_TSM_GUARD_OFF;
}

/* The PCI core restores the configuration while a reset is pending */
static bool is_guarded(struct pci_tsm_fn *fn)
{
	return is_guarded_from_user(fn) && !READ_ONCE(fn->restore.pending);
}

static void report(struct pci_tsm_fn *fn, u16 where, u8 size, u32 val,
		   enum pci_tsm_verdict verdict, const char *name)
{
	const char *state = pci_tsm_state_name(READ_ONCE(fn->state));

	if (!__ratelimit(&fn->guard.limit))
		return;

	if (pci_tsm_guard_mode == PCI_TSM_GUARD_REPORT)
		pci_info(fn->pdev, "config write of %#x to %#x: %s would be %s in %s\n",
			 val, where, name,
			 verdict == PCI_TSM_KEEP ? "kept" : "refused", state);
	else if (verdict == PCI_TSM_KEEP)
		pci_info(fn->pdev, "config write of %#x to %#x: %s kept in %s\n",
			 val, where, name, state);
	else
		pci_info(fn->pdev, "config write of %#x to %#x refused: %s in %s\n",
			 val, where, name, state);
}

static enum pci_tsm_verdict judge(struct pci_tsm_fn *fn, u16 where, u8 size,
				  u32 *val, bool user)
{
	struct pci_dev *pdev = fn->pdev;
	struct pci_tsm_write write = {
		.where = where,
		.size = size,
		.val = *val,
		.msix_locked = READ_ONCE(fn->guard.msix_locked),
		/* It is restored when it wakes up, as the PCI core knows */
		.may_sleep = !user && READ_ONCE(fn->restore.armed),
	};
	enum pci_tsm_verdict verdict;
	const char *name;
	u32 new;

	if (!pci_tsm_guard_cares(&fn->guard.map, where, size))
		return PCI_TSM_PASS;

	/* Of a device that is gone all bits are set, and nothing is changed */
	pci_bus_read_config_dword(pdev->bus, pdev->devfn, where & ~3, &write.now);
	verdict = pci_tsm_guard_judge(&fn->guard.map, &write, &new, &name);
	if (verdict == PCI_TSM_PASS)
		return PCI_TSM_PASS;

	report(fn, where, size, *val, verdict, name);
	if (pci_tsm_guard_mode == PCI_TSM_GUARD_REPORT)
		return PCI_TSM_PASS;

	*val = new;
	return verdict;
}

/*
 * Did it clear Bus Master Enable, as far as whoever wrote @asked knows? What the
 * host says of the bit does not count if a driver has set it.
 */
static bool clears_master(const struct pci_dev *pdev, enum pci_tsm_verdict verdict,
			  int where, u32 asked)
{
	return pci_tsm_guard_mode == PCI_TSM_GUARD_ON && where == PCI_COMMAND &&
	       !(asked & PCI_COMMAND_MASTER) &&
	       (verdict == PCI_TSM_KEEP || pdev->is_busmaster);
}

/**
 * pci_tsm_config_write() - the kernel writes to a configuration register
 * @pdev: the function, with a TDISP state
 * @where: offset of the register
 * @size: size of the access in bytes
 * @val: value, changed to what is to be written
 *
 * If a driver clears Bus Master Enable here, and not with pci_clear_master(), it may
 * be where it cannot wait for the TSM: DMA is stopped a moment later. Only
 * pci_set_master() resumes it, since who reads the register finds the bit set.
 *
 * Context: Any.
 * Return: 0, or %PCIBIOS_SET_FAILED if the write must not be carried out.
 */
int pci_tsm_config_write(const struct pci_dev *pdev, int where, int size, u32 *val)
{
	struct pci_tsm_fn *fn = pdev->tsm_fn;
	enum pci_tsm_verdict verdict;
	u32 asked = *val;

	if (!is_guarded(fn))
		return 0;

	verdict = judge(fn, where, size, val, false);
	if (verdict == PCI_TSM_REFUSE)
		return PCIBIOS_SET_FAILED;

	if (clears_master(pdev, verdict, where, asked)) {
		WRITE_ONCE(fn->guard.stop, true);
		queue_work(system_highpri_wq, &fn->guard.work);
	}
	return 0;
}

/**
 * pci_tsm_config_changes() - has it changed what may be written to a function?
 * @pdev: the function, with a TDISP state
 *
 * Context: Any. What was found out before still holds if the number is the same under
 * pci_lock.
 * Return: how often it changed so far.
 */
unsigned int pci_tsm_config_changes(const struct pci_dev *pdev)
{
	return READ_ONCE(pdev->tsm_fn->guard.changes);
}

/**
 * pci_tsm_user_config_write() - userspace writes to a configuration register
 * @pdev: the function, with a TDISP state
 * @where: offset of the register
 * @size: size of the access in bytes
 * @val: value, changed to what is to be written
 *
 * Context: Process context. Sleeps as long as a TSM operation does, if Bus Master
 * Enable is changed.
 * Return: 0, or %-EPERM if the write must not be carried out.
 */
int pci_tsm_user_config_write(struct pci_dev *pdev, int where, int size, u32 *val)
{
	struct pci_tsm_fn *fn = pdev->tsm_fn;
	enum pci_tsm_verdict verdict;
	u32 asked = *val;

	if (!is_guarded_from_user(fn))
		return 0;

	verdict = judge(fn, where, size, val, true);
	if (verdict == PCI_TSM_REFUSE)
		return -EPERM;

	if (clears_master(pdev, verdict, where, asked)) {
		WRITE_ONCE(fn->guard.user_stop, true);
		pci_tsm_fn_detach(fn);
	} else if (where == PCI_COMMAND && asked & PCI_COMMAND_MASTER &&
		   xchg(&fn->guard.user_stop, false)) {
		pci_tsm_fn_resume(fn);
	}
	return 0;
}

/**
 * pci_tsm_user_config_check() - userspace writes to several registers at once
 * @pdev: any PCI device
 * @where: offset of the first one
 * @buf: what is written
 * @len: how many bytes, all of them in configuration space
 *
 * So that all or nothing is written.
 *
 * Context: Process context.
 * Return: 0, or %-EPERM if a part of it must not be written.
 */
int pci_tsm_user_config_check(struct pci_dev *pdev, int where, const u8 *buf,
			      size_t len)
{
	struct pci_tsm_fn *fn = pdev->tsm_fn;
	int rc = 0;

	if (!fn || !is_guarded_from_user(fn) || pci_tsm_guard_mode != PCI_TSM_GUARD_ON)
		return 0;

	/* In the middle of a reset it answers with anything */
	pci_cfg_access_lock(pdev);
	for (size_t i = 0; i < len && !rc; i++) {
		struct pci_tsm_write write = {
			.where = where + i,
			.size = 1,
			.val = buf[i],
			.msix_locked = READ_ONCE(fn->guard.msix_locked),
		};
		const char *name;
		u32 val;

		if (!pci_tsm_guard_cares(&fn->guard.map, write.where, 1))
			continue;
		pci_bus_read_config_dword(pdev->bus, pdev->devfn, write.where & ~3,
					  &write.now);
		if (pci_tsm_guard_judge(&fn->guard.map, &write, &val, &name) !=
		    PCI_TSM_REFUSE)
			continue;
		report(fn, write.where, 1, write.val, PCI_TSM_REFUSE, name);
		rc = -EPERM;
	}
	pci_cfg_access_unlock(pdev);

	return rc;
}

/**
 * pci_tsm_config_frozen() - something is to be configured that must keep still
 * @pdev: any PCI device
 * @what: for the log
 *
 * Context: Process context.
 * Return: 0, or %-EBUSY if @pdev is LOCKED or in RUN.
 */
int pci_tsm_config_frozen(struct pci_dev *pdev, const char *what)
{
	struct pci_tsm_fn *fn = pdev->tsm_fn;

	if (!fn || !is_guarded(fn) || pci_tsm_guard_mode != PCI_TSM_GUARD_ON)
		return 0;

	if (__ratelimit(&fn->guard.limit))
		pci_info(pdev, "%s refused: %s, unlock first\n", what,
			 pci_tsm_state_name(READ_ONCE(fn->state)));
	return -EBUSY;
}

/**
 * pci_tsm_power_down() - a device is to enter a low-power state
 * @pdev: any PCI device
 * @state: %PCI_D1 to %PCI_D3cold
 *
 * A function that loses its state there falls out of LOCKED and RUN (PCIe r7.0,
 * sec 11.2). That is a reset; if it will be restored after one, so be it.
 *
 * Context: Process context.
 * Return: 0, or %-EBUSY if it has to stay where it is.
 */
int pci_tsm_power_down(struct pci_dev *pdev, pci_power_t state)
{
	struct pci_tsm_fn *fn = pdev->tsm_fn;
	u16 pmcsr;

	if (!fn || !is_guarded(fn) || READ_ONCE(fn->restore.armed))
		return 0;

	if (state != PCI_D3cold) {
		if (!pdev->pm_cap)
			return 0;
		pci_read_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, &pmcsr);
		if (pmcsr & PCI_PM_CTRL_NO_SOFT_RESET)
			return 0;
	}
	if (pci_tsm_guard_mode == PCI_TSM_GUARD_ON)
		return pci_tsm_config_frozen(pdev, pci_power_name(state));

	if (__ratelimit(&fn->guard.limit))
		pci_info(pdev, "%s would be refused\n", pci_power_name(state));
	return 0;
}

/**
 * pci_tsm_set_master() - a driver sets or clears Bus Master Enable
 * @pdev: any PCI device
 * @enable: which of the two
 *
 * Context: Process context if @pdev is in RUN. Sleeps as long as the TSM
 * operation does.
 * Return: true if the register must be left alone.
 */
bool pci_tsm_set_master(struct pci_dev *pdev, bool enable)
{
	struct pci_tsm_fn *fn = pdev->tsm_fn;

	if (!fn)
		return false;

	switch (READ_ONCE(fn->state)) {
	case PCI_TSM_LOCKED:
		break;
	case PCI_TSM_RUN:
		if (enable) {
			pci_tsm_guard_attach(fn);
			pci_tsm_fn_resume(fn);
		} else {
			pci_tsm_fn_detach(fn);
		}
		break;
	default:
		return false;
	}

	/* Setting the bit is harmless */
	return !enable;
}
