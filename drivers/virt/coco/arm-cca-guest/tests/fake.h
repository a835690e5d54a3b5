/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fake RMM and a fake host for the KUnit tests of device assignment. Both are
 * honest unless a test hooks in and changes an answer of theirs.
 */
#ifndef _ARM_CCA_DA_FAKE_H
#define _ARM_CCA_DA_FAKE_H

#include <kunit/test.h>
#include <linux/pci.h>

#include "../arm-cca-da.h"

/* Domain 1, bus 2, device 3, function 1 */
#define FAKE_ID			0x10219
/* Of the operation that an RHI call begins */
#define FAKE_HANDLE		0xc0ffee
#define FAKE_REPORT_LEN		9000
#define FAKE_OBJECT_LEN		5000
#define FAKE_OBJECTS		4

/* The only range of MMIO, and what the device calls it */
#define FAKE_MMIO		0x10003000ULL
#define FAKE_REPORTED		0x5550007000ULL
#define FAKE_PAGES		32
#define FAKE_TOP		(FAKE_MMIO + FAKE_PAGES * RSI_GRANULE_SIZE)

struct fake;

/* Change the answer of the RMM */
typedef void (*fake_rsi_hook_t)(struct fake *fake,
				const struct arm_smccc_1_2_regs *args,
				struct arm_smccc_1_2_regs *res);
/* Change the answer of the host, the results in @gprs[0] and @gprs[1] */
typedef void (*fake_rhi_hook_t)(struct fake *fake, u64 fid, u64 *gprs);

/**
 * struct fake_object - an object of evidence
 * @data: the bytes
 * @len: how many
 */
struct fake_object {
	u8 *data;
	size_t len;
};

/**
 * struct fake - a function, its RMM and its host
 * @pdev: the function
 * @bus: its bus
 * @tsm: what the driver made of it
 * @info: what the RMM knows
 * @features: RSI feature register 0
 * @dma: DMA to private memory is enabled
 * @ripas: of each page of MMIO
 * @step: how many pages are done in one call
 * @rhi_version: version of the host
 * @rhi_features: features of the host
 * @object: what the host keeps, by its number
 * @vca_id: number of the VCA
 * @nonce: what the last measurements were asked for with
 * @aborts: number of operations that were given up
 * @host_calls: number of host calls
 * @rsi_hook: called when the RMM answers
 * @rhi_hook: called when the host answers
 * @count: for use by the hooks
 * @arg: for use by the hooks
 */
struct fake {
	struct pci_dev pdev;
	struct pci_bus bus;
	struct pci_tsm_devsec *tsm;
	struct rsi_vdev_info info;
	u64 features;
	bool dma;
	u8 ripas[FAKE_PAGES];
	unsigned int step;
	u64 rhi_version;
	u64 rhi_features;
	struct fake_object object[FAKE_OBJECTS];
	u64 vca_id;
	u8 nonce[PCI_TSM_NONCE_SIZE];
	unsigned int aborts;
	unsigned int host_calls;
	fake_rsi_hook_t rsi_hook;
	fake_rhi_hook_t rhi_hook;
	unsigned int count;
	u64 arg;
};

/**
 * struct fake_case - an answer, and what comes of it
 * @name: of the case
 * @rsi_hook: see &fake.rsi_hook
 * @rhi_hook: see &fake.rhi_hook
 * @arg: see &fake.arg
 * @expected: result of the operation
 */
struct fake_case {
	const char *name;
	fake_rsi_hook_t rsi_hook;
	fake_rhi_hook_t rhi_hook;
	u64 arg;
	int expected;
};

extern const struct pci_tsm_mmio_range cca_fake_range;
extern const u8 cca_fake_nonce[PCI_TSM_NONCE_SIZE];

int cca_fake_init(struct kunit *test);
void cca_fake_exit(struct kunit *test);

void cca_fake_relock(struct fake *fake);
unsigned int cca_fake_pages(struct fake *fake, u8 ripas);
void cca_fake_kill_current(void);

int cca_fake_lock(struct fake *fake, struct pci_tsm_collection *collection);
void cca_fake_free(struct pci_tsm_collection *collection);
void cca_fake_expect_state(struct kunit *test, enum pci_tsm_state expected);
void cca_fake_expect_stale(struct kunit *test);
void cca_fake_assert_lock(struct kunit *test);
void cca_fake_assert_run(struct kunit *test);
void cca_fake_expect_recovery(struct kunit *test);

#endif /* _ARM_CCA_DA_FAKE_H */
