/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor: one TDI and the RMM's virtual device object of it
 */
#ifndef VDEV_H
#define VDEV_H

#include "config.h"
#include "evidence.h"
#include "fault.h"
#include "mmio.h"
#include "monitor.h"
#include "spdm.h"

#define MAX_TEE_RANGES		18	/* 6 BARs, each cut by MSI-X table and PBA */

/* TDISP and RSI number the states alike */
enum tdi_state {
	TDI_UNLOCKED = 0,
	TDI_LOCKED = 1,
	TDI_RUN = 2,
	TDI_ERROR = 3,
};

/* Why a TDI went to ERROR; numbers are visible in the fault port */
enum tdi_reason {
	REASON_NONE = 0,
	REASON_FLR = 1,
	REASON_COMMAND = 2,	/* MSE or BME cleared */
	REASON_BAR = 3,		/* BAR, expansion ROM BAR or BIST written */
	REASON_DEVCTL = 4,	/* tracked bit of Device Control 1 or 2 changed */
	REASON_CAPABILITY = 5,	/* tracked capability written */
	REASON_POWER = 6,	/* power state that loses context */
	REASON_FAULT_PORT = 7,
	REASON_ABORT = 8,	/* host aborted an operation half way */
	REASON_GONE = 9,	/* pulled out */
};

enum vdev_op {
	OP_NONE = 0,
	OP_LOCK,
	OP_START,
	OP_UNLOCK,
	OP_REPORT,
	OP_MEASUREMENTS,
};

/* What a host-side operation came to */
enum vdev_result {
	VDEV_OK,
	VDEV_WRONG_STATE,
	VDEV_BAD_DEVICE,
	VDEV_MAPPED,
};

/**
 * struct tee_range - TEE memory of a TDI: whole 4 KiB pages of one BAR
 * @pa: address, which the guest sees as IPA as well
 * @pages: 4 KiB pages
 * @bar: number of the BAR
 */
struct tee_range {
	u64 pa;
	u32 pages;
	u8 bar;
};

/**
 * struct vdev - a TDI
 * @rid: Routing ID, segment 0; also the vdev_id
 * @port_rid: of ports that it is behind, 0 for none
 * @state: TDISP state; vdev_set_state() is its only writer
 * @reason: of the last change to TDI_ERROR
 * @dma: RSI_VDEV_DMA_ENABLE is in force
 * @lock_nonce: of the last LOCK
 * @meas_nonce: of the last measurements
 * @report_nonce: of the last interface report
 * @locks: successful LOCKs
 * @rejected: accesses to TEE pages that were answered with all-ones
 * @range: TEE memory as of the last LOCK
 * @nr_ranges: entries in @range
 * @spdm: the connection to its DSM
 * @nonce: of the guest, for the next measurements
 * @object: evidence
 * @op: operation that waits for RHI_DA_VDEV_CONTINUE
 * @op_steps: how many times it is still INCOMPLETE
 * @op_handle: names it
 * @config: what config.c knows of the function
 * @port: the fault port
 */
struct vdev {
	u16 rid;
	u16 port_rid[MAX_PORTS];
	enum tdi_state state;
	enum tdi_reason reason;
	bool dma;
	u64 lock_nonce;
	u64 meas_nonce;
	u64 report_nonce;
	u32 locks;
	u32 rejected;
	struct tee_range range[MAX_TEE_RANGES];
	unsigned int nr_ranges;
	struct spdm spdm;
	u8 nonce[SPDM_NONCE_SIZE];
	struct object object[OBJECT_COUNT];
	enum vdev_op op;
	unsigned int op_steps;
	u64 op_handle;
	struct config config;
	struct fault_port port;
};

/* vdev.c */
void vdev_init(void);
struct vdev *vdev_find(u64 vdev_id);
struct vdev *vdev_at(unsigned int index);
enum vdev_result vdev_do(struct vdev *v, enum vdev_op op);
void vdev_error(struct vdev *v, enum tdi_reason reason);
void vdev_look(struct vdev *v);
void vdev_unlock_behind(struct vdev *v);
void vdev_reset(struct vdev *v);
bool vdev_is_behind(const struct vdev *v, u16 port_rid);
void vdev_set_dma(struct vdev *v, bool enable);
bool vdev_access(struct mmio *mmio);

/* mapping.c */
u32 vdev_dev_pages(const struct vdev *v);
bool vdev_overlaps(const struct vdev *v, u64 base, u64 top);
void vdev_map(struct vdev *v);
void vdev_destroy_pages(struct vdev *v);
bool vdev_validate(struct vdev *v, u64 base, u64 top, u64 pa, u64 *next);
struct vdev *vdev_of_page(u64 pa);

/* bar.c */
bool bar_probe(struct vdev *v);

/* report.c */
void report_build(const struct vdev *v, struct blob *report);

#endif /* VDEV_H */
