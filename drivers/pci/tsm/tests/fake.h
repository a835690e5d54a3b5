/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A devsec TSM and TDISP functions for KUnit: functions on a software bus whose
 * TDISP state the test sees from the device's side, and a TSM in which any
 * operation can be made to fail.
 */
#ifndef __PCI_TSM_FAKE_H
#define __PCI_TSM_FAKE_H

#include <kunit/pci.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci-tsm.h>
#include "../tsm.h"

#define FAKE_VENDOR	0x1b36
#define FAKE_DEVICE	0x7d15
#define FAKE_REPORT_MAX	256
#define FAKE_CERTS_LEN	14
#define FAKE_DEVS_MAX	8

/**
 * struct fake_dev - a TDISP function, from the device's side
 * @node: in &fake_tsm.devs
 * @func: on the software bus
 * @pdev: as the PCI core enumerated it, valid while the test holds it
 * @pf: the PF if it is a VF, or NULL; reset with it
 * @state: TDISP state
 * @dma: private DMA is possible
 * @private: bytes of MMIO that are private
 * @contexts: contexts of the TSM that exist
 * @report: interface report to hand out
 * @report_len: its size
 * @cert: tells its certificates from others
 * @svn: security version number that it measures
 * @svn_at_run: is added to @svn when the function enters RUN
 * @dies_at_run: it takes the request to enter RUN, and is in ERROR
 * @info: informational measurement
 * @hide: index of a measurement that is missing, 0 for none
 * @reverse: measurements come in the reverse order
 * @other_nonce: measurements are not for the nonce that was given
 * @collections: how often evidence was collected
 * @resets: how often the function was reset
 * @config_writes: writes to its configuration space
 * @config_written: the value of the last one
 * @replace: object to hand out in place of one of its own, NULL for none; freed
 *	     with it
 * @replace_len: its size
 * @replaced: which one
 */
struct fake_dev {
	struct list_head node;
	struct kunit_pci_func *func;
	struct pci_dev *pdev;
	struct fake_dev *pf;
	enum pci_tsm_state state;
	bool dma;
	u64 private;
	int contexts;
	u8 report[FAKE_REPORT_MAX];
	size_t report_len;
	u8 cert;
	u64 svn;
	u64 svn_at_run;
	bool dies_at_run;
	u32 info;
	u8 hide;
	bool reverse;
	bool other_nonce;
	unsigned int collections;
	unsigned int resets;
	unsigned int config_writes;
	u32 config_written;
	void *replace;
	size_t replace_len;
	enum pci_tsm_object replaced;
};

/**
 * struct fake_tsm - a devsec TSM
 * @test: the test
 * @ops: operations, as registered
 * @devsec: operations, as registered
 * @tsm_dev: NULL when not registered
 * @parent: of @tsm_dev
 * @host: bridge of the functions
 * @devs: functions
 * @pool: where the functions are, to live as long as the TSM
 * @max_devs: its size
 * @nr_devs: number of functions
 * @op_lock: protects what follows it
 * @latency_ms: how long an operation takes, 0 for no time
 * @inside: operations that are under way
 * @inside_max: how many were at the same time
 * @calls: operations called since the test set it to 0
 * @fail_at: number of the call that is to fail, from 1 on; 0 for none
 * @fail_op: name of the only operation that is to fail, NULL for any
 * @fail_rc: what it returns
 * @fail_dead: a failing call leaves the device in ERROR
 * @fail_on: all calls after it fail as well
 * @failed: a call was made to fail
 * @hook: called at the beginning of every operation, and by resets_driver with the
 *	  letter of each call; may sleep; NULL for none
 * @hook_data: for it
 */
struct fake_tsm {
	struct kunit *test;
	struct pci_tsm_ops ops;
	struct pci_tsm_devsec_ops devsec;
	struct tsm_dev *tsm_dev;
	struct device *parent;
	struct kunit_pci_host *host;
	struct list_head devs;
	struct fake_dev *pool;
	unsigned int max_devs;
	unsigned int nr_devs;
	struct mutex op_lock; /* see above */
	unsigned int latency_ms;
	unsigned int inside;
	unsigned int inside_max;
	int calls;
	int fail_at;
	const char *fail_op;
	int fail_rc;
	bool fail_dead;
	bool fail_on;
	bool failed;
	void (*hook)(struct fake_tsm *tsm, struct fake_dev *dev, const char *op);
	void *hook_data;
};

/**
 * struct fake_sweep - a way to fail, for each operation in turn
 * @name: of it
 * @rc: what the operation returns
 * @dead: the device is in ERROR then
 */
struct fake_sweep {
	const char *name;
	int rc;
	bool dead;
};

extern const struct fake_sweep fake_sweeps[4];

struct fake_tsm *fake_tsm_create(struct kunit *test);
struct fake_tsm *fake_tsm_create_for(struct kunit *test, unsigned int max_devs);
struct fake_dev *fake_dev_add(struct fake_tsm *tsm, unsigned int slot,
			      u32 devcap);
struct fake_dev *fake_dev_add_type(struct fake_tsm *tsm, unsigned int slot,
				   u32 devcap, u8 exp_type);
struct fake_dev *fake_dev_add_caps(struct fake_tsm *tsm, unsigned int devfn,
				   u32 devcap, u8 exp_type,
				   const struct kunit_pci_cap *caps,
				   unsigned int num_caps);
struct fake_dev *fake_dev_add_desc(struct fake_tsm *tsm,
				   struct kunit_pci_func_desc *desc);
void fake_tsm_probe(struct fake_tsm *tsm);
void fake_tsm_register(struct fake_tsm *tsm);
void fake_tsm_unregister(struct fake_tsm *tsm);
void fake_fail(struct fake_tsm *tsm, const char *op, int at, int rc);
void fake_check(struct fake_tsm *tsm, struct fake_dev *dev);

void fake_hook(struct fake_tsm *tsm, struct fake_dev *dev, const char *op);
int fake_lock(struct fake_tsm *tsm, struct fake_dev *dev);
int fake_accept(struct fake_dev *dev);
int fake_accept_digest(struct fake_dev *dev, const u8 *digest);
int fake_refresh(struct fake_dev *dev);
void fake_digest(struct kunit *test, struct fake_dev *dev, u8 *digest);
int fake_unlock(struct fake_tsm *tsm, struct fake_dev *dev);
int fake_bind(struct fake_dev *dev);
void fake_unbind(struct fake_dev *dev);
size_t fake_certificates(const struct fake_dev *dev, u8 *buf);
size_t fake_vca(u8 *buf);
size_t fake_measurements(const struct fake_dev *dev, const u8 *nonce, u8 *buf);
size_t fake_report_range(u8 *report, size_t len, u64 first_page, u32 pages,
			 u16 attr, u16 id);
size_t fake_report_end(u8 *report, size_t len, u32 info_len);

extern struct pci_driver fake_driver;
extern const u8 fake_nonce[PCI_TSM_NONCE_SIZE];

#endif /* __PCI_TSM_FAKE_H */
