/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PCI/TSM guest side: what its files share. Data flows one way: PCI core hooks
 * (gate.c, config.c, reset.c) and sysfs.c call down into devsec.c, devsec.c calls
 * the TSM, evidence.c, mmio.c and release.c. The parsers and what places ranges
 * have headers of their own.
 */
#ifndef __DRIVERS_PCI_TSM_H
#define __DRIVERS_PCI_TSM_H

#include <crypto/sha2.h>
#include <linux/cleanup.h>
#include <linux/mutex.h>
#include <linux/pci-tsm.h>
#include <linux/ratelimit_types.h>
#include <linux/sched/mm.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>
#include "guard.h"

struct pci_tsm_evidence;
struct pci_tsm_mmio;
struct pci_tsm_report;

/* Why a function was not restored, as tsm/restore_status shows it */
#define PCI_TSM_REASON_SIZE	64

/**
 * struct pci_tsm_restore - what restore.c and reset.c know of a function
 * @armed: restore the function after a reset; in RUN only
 * @pending: a reset happened, or is about to, in LOCKED or RUN
 * @unquiet: the driver was not told of it
 * @by_pf: that of a VF was not, yet
 * @dma: private DMA is to be enabled afterwards
 * @count: how often the function was restored since it was accepted
 * @limit: of restores within a time
 * @reset_since: when @pending was set, as of ktime_get_ns()
 * @rc: result of the last reset
 * @status: the same in words
 * @work: restores the function
 * @check: sees from time to time that the function still is in RUN
 */
struct pci_tsm_restore {
	bool armed;
	bool pending;
	bool unquiet;
	bool by_pf;
	bool dma;
	unsigned int count;
	struct ratelimit_state limit;
	u64 reset_since;
	int rc;
	char status[PCI_TSM_REASON_SIZE];
	struct work_struct work;
	struct delayed_work check;
};

/**
 * struct pci_tsm_release - the driver of a function that fell out of RUN
 * @pending: it is about to be released
 * @disconnected: &pci_dev.error_state says so, though the function is there
 * @recoveries: from errors that are under way, which it waits for
 * @work: tells and releases it
 */
struct pci_tsm_release {
	bool pending;
	bool disconnected;
	unsigned int recoveries;
	struct work_struct work;
};

/**
 * struct pci_tsm_guard - the configuration of a function that must keep still
 * @on: it does; written by config.c under pci_lock
 * @changes: how often @on was written, for who decided by it before taking pci_lock
 * @msix_locked: so does MSI-X
 * @stop: a driver cleared Bus Master Enable and did not set it again
 * @user_stop: so did userspace
 * @map: where the registers are; written before @on is set
 * @work: stops DMA
 * @limit: of lines in the log
 */
struct pci_tsm_guard {
	bool on;
	unsigned int changes;
	bool msix_locked;
	bool stop;
	bool user_stop;
	struct pci_tsm_guard_map map;
	struct work_struct work;
	struct ratelimit_state limit;
};

/**
 * struct pci_tsm_fn - TDISP state of one function, as seen from a guest
 * @pdev: the function
 * @id: index of the function in the registry
 * @hold: policy: no driver is attached automatically unless in RUN; set at
 *	  enumeration
 * @lock: serialises all that happens to the function's TDISP state, including
 *	  calls of the TSM's operations
 * @state: written by devsec.c only, may be read without @lock
 * @leaving: the function is about to be removed: no new use, for good
 * @draining: its TSM is about to leave: no new use for now
 * @dma: private DMA is enabled at the TSM
 * @foreign: somebody else locked it: what is private is not in @mmio
 * @tsm: context of the TSM that has the function in its care, or NULL
 * @mmio: ranges that were made private, or NULL
 * @accepted: the evidence that was accepted, or NULL; set in RUN
 * @restore: what happens when the function is reset; under @lock
 * @release: what happens when it falls out of RUN; under @lock
 * @guard: of its configuration; read without @lock
 * @evidence_lock: protects what follows it from readers in sysfs, who must not
 *		   wait for the TSM; writers hold @lock as well
 * @evidence: what was collected last in this LOCK session, or NULL
 * @generation: changes whenever @evidence does
 * @attrs_ready: the function is set up; under the registry's attrs_lock
 * @attrs: the attributes that need a TSM are there; under attrs_lock
 *
 * Allocated at enumeration for TDISP-capable functions only, lives as long as
 * @pdev.
 *
 * Lock order: pci_bus_sem, in recovery from errors -> device_lock(@pdev) -> @lock ->
 * locks of the registries, @evidence_lock and pci_lock. No lock of ours that is shared
 * between functions is held across a TSM operation. &pci_tsm_restore.work takes @lock
 * only, so that it can be waited for under device_lock(); &pci_tsm_release.work takes
 * both, and cannot; what it calls may take pci_bus_sem, so it begins after recovery.
 */
struct pci_tsm_fn {
	struct pci_dev *pdev;
	u32 id;
	bool hold;
	struct mutex lock; /* outside of the registries' locks */
	enum pci_tsm_state state;
	bool leaving __guarded_by(&lock);
	bool draining __guarded_by(&lock);
	bool dma __guarded_by(&lock);
	bool foreign __guarded_by(&lock);
	struct pci_tsm_devsec *tsm __guarded_by(&lock);
	struct pci_tsm_mmio *mmio __guarded_by(&lock);
	struct pci_tsm_evidence *accepted __guarded_by(&lock);
	struct pci_tsm_restore restore;
	struct pci_tsm_release release;
	struct pci_tsm_guard guard;
	spinlock_t evidence_lock; /* innermost */
	struct pci_tsm_evidence *evidence __guarded_by(&evidence_lock);
	u64 generation __guarded_by(&evidence_lock);
	bool attrs_ready;
	bool attrs;
};

#ifdef CONFIG_PCI_TSM_GUEST
/**
 * struct pci_tsm_choice - a module parameter that is one of several words
 * @names: the words; the value is the index
 * @nr: how many
 * @value: where the value is
 */
struct pci_tsm_choice {
	const char * const *names;
	size_t nr;
	unsigned int *value;
};

extern const struct kernel_param_ops pci_tsm_choice_ops;

/* gate.c */
enum pci_tsm_hold {
	PCI_TSM_HOLD_AUTO,
	PCI_TSM_HOLD_ALWAYS,
	PCI_TSM_HOLD_NEVER,
};

extern enum pci_tsm_hold pci_tsm_hold;
bool pci_tsm_gate_manages(enum pci_tsm_hold hold, bool cc_guest, u32 devcap,
			  int type);
void pci_tsm_gate_exit(struct pci_dev *pdev);

/*
 * For who holds the lock of a function that may have a driver: the driver may wait for
 * that lock when I/O takes too long, so that I/O must not be waited for to get memory.
 */
DEFINE_LOCK_GUARD_0(pci_tsm_noio, _T->flags = memalloc_noio_save(),
		    memalloc_noio_restore(_T->flags), unsigned int flags)

/* devsec.c */
const char *pci_tsm_state_name(enum pci_tsm_state state);
struct pci_tsm_fn *pci_tsm_fn_alloc(struct pci_dev *pdev, bool hold);
void pci_tsm_fn_free(struct pci_tsm_fn *fn);
struct pci_tsm_evidence *pci_tsm_fn_evidence(struct pci_tsm_fn *fn);
u64 pci_tsm_fn_generation(struct pci_tsm_fn *fn);
int pci_tsm_fn_lock(struct pci_tsm_fn *fn, int tsm_id);
int pci_tsm_fn_refresh(struct pci_tsm_fn *fn, const u8 *nonce);
int pci_tsm_fn_accept(struct pci_tsm_fn *fn, const u8 *digest);
int pci_tsm_fn_unlock(struct pci_tsm_fn *fn, int tsm_id);
int pci_tsm_fn_attach(struct pci_tsm_fn *fn);
void pci_tsm_fn_resume(struct pci_tsm_fn *fn);
void pci_tsm_fn_detach(struct pci_tsm_fn *fn);
void pci_tsm_fn_detach_if(struct pci_tsm_fn *fn);
void pci_tsm_fn_drain(struct pci_tsm_fn *fn, struct tsm_dev *tsm_dev);
void pci_tsm_fn_shutdown(struct pci_tsm_fn *fn, bool quiet);
void pci_tsm_fn_set_evidence(struct pci_tsm_fn *fn,
			     struct pci_tsm_evidence *evidence)
	__must_hold(&fn->lock);
int pci_tsm_fn_query(struct pci_tsm_fn *fn, enum pci_tsm_state *state)
	__must_hold(&fn->lock);
void pci_tsm_fn_fail(struct pci_tsm_fn *fn, const char *reason)
	__must_hold(&fn->lock);

/* config.c */
enum pci_tsm_guard_mode {
	PCI_TSM_GUARD_ON,
	PCI_TSM_GUARD_REPORT,
	PCI_TSM_GUARD_OFF,
};

extern enum pci_tsm_guard_mode pci_tsm_guard_mode;
void pci_tsm_guard_init(struct pci_tsm_fn *fn);
void pci_tsm_guard_exit(struct pci_tsm_fn *fn);
void pci_tsm_guard_start(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock);
void pci_tsm_guard_stop(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock);
void pci_tsm_guard_attach(struct pci_tsm_fn *fn);

/* release.c */
void pci_tsm_release_init(struct pci_tsm_fn *fn);
void pci_tsm_release_exit(struct pci_tsm_fn *fn);
void pci_tsm_release_wait(struct pci_tsm_fn *fn);
void pci_tsm_release_start(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock);

/* restore.c */
extern unsigned int pci_tsm_restore_burst;
extern unsigned int pci_tsm_restore_interval;
extern unsigned int pci_tsm_check;
void pci_tsm_restore_init(struct pci_tsm_fn *fn);
void pci_tsm_restore_exit(struct pci_tsm_fn *fn);
void pci_tsm_restore_watch(struct pci_tsm_fn *fn);
void pci_tsm_restore_look(struct pci_tsm_fn *fn);
int pci_tsm_restore_arm(struct pci_tsm_fn *fn, bool armed);
bool pci_tsm_restore_start(struct pci_tsm_fn *fn);
bool pci_tsm_restore_wait(struct pci_tsm_fn *fn);
void pci_tsm_restore_check(struct pci_tsm_fn *fn)
	__must_hold(&fn->lock);
void pci_tsm_restore_give_up(struct pci_tsm_fn *fn, const char *why)
	__must_hold(&fn->lock);

/* registry.c */
int pci_tsm_fn_add(struct pci_tsm_fn *fn);
bool pci_tsm_fn_any(void);
void pci_tsm_fn_del(struct pci_tsm_fn *fn);
int pci_tsm_devsec_register(struct tsm_dev *tsm_dev);
void pci_tsm_devsec_unregister(struct tsm_dev *tsm_dev);
struct tsm_dev *pci_tsm_devsec_find(int tsm_id);
void pci_tsm_fn_announce(struct pci_tsm_fn *fn);

/* evidence.c */
#define PCI_TSM_DIGEST_SIZE	SHA384_DIGEST_SIZE

int pci_tsm_evidence_collect(struct pci_tsm_devsec *tsm, const u8 *nonce,
			     struct pci_tsm_evidence **evidence);
struct pci_tsm_evidence *pci_tsm_evidence_get(struct pci_tsm_evidence *evidence);
void pci_tsm_evidence_put(struct pci_tsm_evidence *evidence);
const u8 *pci_tsm_evidence_digest(const struct pci_tsm_evidence *evidence);
const struct pci_tsm_report *
pci_tsm_evidence_report(const struct pci_tsm_evidence *evidence);
const struct pci_tsm_collection *
pci_tsm_evidence_collection(const struct pci_tsm_evidence *evidence);
bool pci_tsm_evidence_msix_unlocked(const struct pci_tsm_evidence *evidence);
bool pci_tsm_evidence_same(struct pci_tsm_devsec *tsm,
			   const struct pci_tsm_evidence *accepted,
			   const struct pci_tsm_evidence *evidence, char *why,
			   size_t size);
ssize_t pci_tsm_evidence_read(struct pci_tsm_evidence *evidence,
			      enum pci_tsm_object object, const void *reader,
			      char *buf, loff_t pos, size_t count);

DEFINE_FREE(pci_tsm_evidence, struct pci_tsm_evidence *,
	    if (_T) pci_tsm_evidence_put(_T))

/* mmio.c */
enum pci_tsm_reserved {
	PCI_TSM_RESERVED_REJECT,
	PCI_TSM_RESERVED_IGNORE,
};

extern enum pci_tsm_reserved pci_tsm_report_reserved;

/**
 * struct pci_tsm_mmio - the private MMIO of a function
 * @nr: number of ranges
 * @range: ranges that the TSM validated
 */
struct pci_tsm_mmio {
	u32 nr;
	struct pci_tsm_mmio_range range[] __counted_by(nr);
};

int pci_tsm_mmio_setup(struct pci_tsm_devsec *tsm,
		       const struct pci_tsm_report *report, bool msix_unlocked,
		       struct pci_tsm_mmio **mmio);
u64 pci_tsm_bar_size(struct pci_dev *pdev, int bar);
int pci_tsm_mmio_teardown(struct pci_tsm_devsec *tsm,
			  struct pci_tsm_mmio **mmio);
int pci_tsm_mmio_reclaim(struct pci_tsm_devsec *tsm);
bool pci_tsm_mmio_has_msix(struct pci_tsm_devsec *tsm,
			   const struct pci_tsm_mmio *mmio);
bool pci_tsm_mmio_same(struct pci_tsm_devsec *tsm,
		       const struct pci_tsm_report *report, bool msix_unlocked,
		       const struct pci_tsm_mmio *mmio);

/* sysfs.c */
extern struct device_attribute pci_tsm_attr_state;
extern struct device_attribute pci_tsm_attr_held;
extern struct device_attribute pci_tsm_attr_lock;
extern struct device_attribute pci_tsm_attr_unlock;
extern struct device_attribute pci_tsm_attr_accept;
extern struct device_attribute pci_tsm_attr_evidence_digest;
extern struct device_attribute pci_tsm_attr_evidence_generation;
extern struct device_attribute pci_tsm_attr_lock_flags;
extern struct device_attribute pci_tsm_attr_restore;
extern struct device_attribute pci_tsm_attr_restore_count;
extern struct device_attribute pci_tsm_attr_restore_status;
extern const struct bin_attribute *const pci_tsm_guest_bin_attrs[];
bool pci_tsm_guest_group_visible(struct pci_dev *pdev);
umode_t pci_tsm_guest_attr_visible(struct pci_dev *pdev,
				   struct attribute *attr);
void pci_tsm_sysfs_add(struct pci_dev *pdev);
#else
static inline void pci_tsm_gate_exit(struct pci_dev *pdev) { }

static inline int pci_tsm_devsec_register(struct tsm_dev *tsm_dev)
{
	return -EOPNOTSUPP;
}

static inline void pci_tsm_devsec_unregister(struct tsm_dev *tsm_dev) { }

static inline bool pci_tsm_guest_group_visible(struct pci_dev *pdev)
{
	return false;
}

static inline umode_t pci_tsm_guest_attr_visible(struct pci_dev *pdev,
						 struct attribute *attr)
{
	return 0;
}

static const struct bin_attribute *const pci_tsm_guest_bin_attrs[] = { NULL };
#endif
#endif /* __DRIVERS_PCI_TSM_H */
