/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device assignment for Arm CCA Realms: what the parts of the TSM driver share
 */
#ifndef _ARM_CCA_DA_H
#define _ARM_CCA_DA_H

#include <linux/arm-smccc.h>
#include <linux/pci-tsm.h>
#include <linux/types.h>

#include <asm/rsi_smc.h>

/* How long the RMM or the host may take to come to an end with one operation */
#define ARM_CCA_TIMEOUT_SECS	10
/* The same for all operations of one collection of evidence together */
#define ARM_CCA_COLLECT_SECS	30

/**
 * struct arm_cca_vdev - a PCI function, as the RMM and the host know it
 * @tsm: what the PCI core sees
 * @id: the name of the function in RSI and RHI calls
 * @info: buffer of GET_INFO, what the RMM said last
 * @call: buffer of Host calls
 * @lock_nonce: identifies the LOCK session
 * @meas_nonce: identifies the collection of measurements
 * @report_nonce: identifies the collection of the interface report
 * @locked: there is a LOCK session of ours, and @lock_nonce is valid
 * @collected: there is evidence of it, and the other nonces are valid
 * @stale: the LOCK session was found to be lost, and this was said
 * @vca_id: number that the host has for the VCA
 * @deadline: when a collection of evidence is given up, in jiffies
 * @collecting: @deadline counts
 * @killable: a fatal signal ends the operation under way
 */
struct arm_cca_vdev {
	struct pci_tsm_devsec tsm;
	u64 id;
	struct rsi_vdev_info *info;
	struct rsi_host_call *call;
	u64 lock_nonce;
	u64 meas_nonce;
	u64 report_nonce;
	bool locked;
	bool collected;
	bool stale;
	u64 vca_id;
	unsigned long deadline;
	bool collecting;
	bool killable;
};

/**
 * struct arm_cca_wait - the patience left for one operation
 * @deadline: when it is over, in jiffies
 * @us: length of the next pause in microseconds
 * @killable: a fatal signal ends it as well
 */
struct arm_cca_wait {
	unsigned long deadline;
	unsigned int us;
	bool killable;
};

/* call.c: the way out of the Realm, and how long to insist */
void arm_cca_smc(const struct arm_smccc_1_2_regs *args,
		 struct arm_smccc_1_2_regs *res);
void arm_cca_wait_start(struct arm_cca_wait *wait,
			const struct arm_cca_vdev *vdev);
void arm_cca_sleep(struct arm_cca_wait *wait);
int arm_cca_wait_check(const struct arm_cca_wait *wait);
int arm_cca_wait(struct arm_cca_wait *wait);

/* rsi.c: calls to the RMM */
bool arm_cca_rsi_has_da(void);
int arm_cca_rsi_host_call(struct rsi_host_call *call);
int arm_cca_rsi_get_info(struct arm_cca_vdev *vdev);
int arm_cca_rsi_validate(struct arm_cca_vdev *vdev, u64 base, u64 top, u64 pa,
			 u64 *next, bool *accepted);
int arm_cca_rsi_dma_enable(struct arm_cca_vdev *vdev);
int arm_cca_rsi_dma_disable(struct arm_cca_vdev *vdev);
int arm_cca_rsi_ripas_get(struct arm_cca_vdev *vdev, u64 base, u64 top,
			  u64 *next, u64 *ripas);
int arm_cca_rsi_ripas_empty(struct arm_cca_vdev *vdev, u64 base, u64 top,
			    u64 *next, bool *accepted);

/* rhi.c: calls to the host */
bool arm_cca_rhi_has_da(void);
int arm_cca_rhi_set_tdi_state(struct arm_cca_vdev *vdev, u64 state);
int arm_cca_rhi_get_measurements(struct arm_cca_vdev *vdev, phys_addr_t params);
int arm_cca_rhi_get_report(struct arm_cca_vdev *vdev);
int arm_cca_rhi_object_size(struct arm_cca_vdev *vdev, u64 object, u64 *size);
int arm_cca_rhi_object_read(struct arm_cca_vdev *vdev, u64 object,
			    phys_addr_t buf, u64 max, u64 offset, u64 *len);

/* shared.c: memory that the host can read and write */
void *arm_cca_shared_page_alloc(void);
void arm_cca_shared_page_free(void *page);

DEFINE_FREE(arm_cca_shared_page, void *, arm_cca_shared_page_free(_T))

/* object.c: evidence that the host keeps */
void *arm_cca_object_get(struct arm_cca_vdev *vdev, u64 object, size_t max,
			 size_t *len);

/* vdev.c: what the RMM says about a function */
int arm_cca_vdev_update(struct arm_cca_vdev *vdev);
int arm_cca_vdev_check_session(struct arm_cca_vdev *vdev);
int arm_cca_vdev_check(struct arm_cca_vdev *vdev, u8 state);
int arm_cca_vdev_check_digest(struct arm_cca_vdev *vdev, const char *what,
			      const void *data, size_t len, const u8 *digest);

/* evidence.c: what the device proves itself with */
int arm_cca_evidence_collect(struct arm_cca_vdev *vdev, const u8 *nonce,
			     struct pci_tsm_collection *collection);

/* mmio.c: private MMIO */
int arm_cca_mmio_validate(struct arm_cca_vdev *vdev,
			  const struct pci_tsm_mmio_range *range);
int arm_cca_mmio_teardown(struct arm_cca_vdev *vdev,
			  const struct pci_tsm_mmio_range *range);

/* devsec.c: the operations of the PCI core */
extern const struct pci_tsm_devsec_ops arm_cca_devsec_ops;

#ifdef CONFIG_ARM_CCA_GUEST_DA
void arm_cca_devsec_init(void);
void arm_cca_devsec_exit(void);
#else
static inline void arm_cca_devsec_init(void)
{
}

static inline void arm_cca_devsec_exit(void)
{
}
#endif

#endif /* _ARM_CCA_DA_H */
