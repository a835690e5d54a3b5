// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: Realm Host Interface for device assignment (RHI_DA, DEN0148)
 *
 * The untrusted host's side: it drives the TDI's state on request and keeps the
 * bytes of the evidence objects. As on a real host nothing that needs the device
 * is done at once: the call answers INCOMPLETE, and RHI_DA_VDEV_CONTINUE does
 * so once more before it brings the result.
 */
#include "cpu.h"
#include "s2.h"
#include "vdev.h"

#define RHI_DA_VERSION			0xc500004a
#define RHI_DA_FEATURES			0xc500004b
#define RHI_DA_OBJECT_SIZE		0xc500004c
#define RHI_DA_OBJECT_READ		0xc500004d
#define RHI_DA_VDEV_CONTINUE		0xc5000051
#define RHI_DA_VDEV_GET_MEASUREMENTS	0xc5000052
#define RHI_DA_VDEV_GET_INTERFACE_REPORT 0xc5000053
#define RHI_DA_VDEV_SET_TDI_STATE	0xc5000054
#define RHI_DA_VDEV_ABORT		0xc5000056

#define RHI_DA_VERSION_1_0		0x10000
/* SIZE, READ, CONTINUE, MEASUREMENTS, REPORT, SET_TDI_STATE, ABORT */
#define RHI_DA_FEATURES_ALL		0xbf

#define RHI_DA_SUCCESS			0
#define RHI_DA_INCOMPLETE		1
#define RHI_DA_DATA_NOT_AVAILABLE	2
#define RHI_DA_INVALID_VDEV_ID		3
#define RHI_DA_INVALID_OBJECT		4
#define RHI_DA_INPUT			5
#define RHI_DA_DEVICE			6
#define RHI_DA_INVALID_OFFSET		7
#define RHI_DA_ACCESS_FAILED		8
#define RHI_DA_BUSY			9
#define RHI_DA_ABORTED_OPERATION_HAD_COMPLETED 10

/* Parameters of GET_MEASUREMENTS */
#define MEAS_FLAGS			0x000
#define MEAS_NONCE			0x100

#define TDI_STATE_UNLOCKED		0
#define TDI_STATE_LOCKED		1
#define TDI_STATE_RUN			2

#define STEPS				2	/* times INCOMPLETE */

static void version(struct vdev *v, u64 *g)
{
	(void)v;
	g[0] = RHI_DA_VERSION_1_0;
}

static void features(struct vdev *v, u64 *g)
{
	(void)v;
	g[0] = RHI_DA_FEATURES_ALL;
}

static void object_size(struct vdev *v, u64 *g)
{
	struct served served;

	g[0] = RHI_DA_INVALID_OBJECT;
	if (g[2] >= OBJECT_COUNT)
		return;
	g[0] = RHI_DA_DATA_NOT_AVAILABLE;
	if (!evidence_serve(v, g[2], &served))
		return;
	g[0] = RHI_DA_SUCCESS;
	g[1] = evidence_size(v, g[2], &served);
}

/* About half of what is left per call: the guest has to come again */
static void object_read(struct vdev *v, u64 *g)
{
	u64 buf = g[3], max_len = g[4], offset = g[5], len;
	struct served served;
	struct fault_rule lie;
	u8 *to;

	g[0] = RHI_DA_INVALID_OBJECT;
	if (g[2] >= OBJECT_COUNT)
		return;
	g[0] = RHI_DA_DATA_NOT_AVAILABLE;
	if (!evidence_serve(v, g[2], &served))
		return;
	g[0] = RHI_DA_INPUT;
	if (!IS_ALIGNED(buf, PAGE_SIZE) || !max_len)
		return;
	g[0] = RHI_DA_INVALID_OFFSET;
	if (offset >= served.size)
		return;
	len = min(max_len, (served.size - offset + 1) / 2);
	to = s2_shared_ram(buf, len);
	g[0] = RHI_DA_ACCESS_FAILED;
	if (!to)
		return;
	evidence_read(v, g[2], &served, offset, to, len);
	if (fault_take(v, FAULT_BYTES, g[2], &lie))
		len = lie.value;
	g[0] = RHI_DA_SUCCESS;
	g[1] = len;
}

static void begin(struct vdev *v, u64 *g, enum vdev_op op)
{
	if (v->op) {
		g[0] = RHI_DA_BUSY;
		return;
	}
	v->op = op;
	v->op_steps = STEPS - 1;
	v->op_handle = random_u64();
	g[0] = RHI_DA_INCOMPLETE;
	g[1] = v->op_handle;
}

static void get_measurements(struct vdev *v, u64 *g)
{
	const u8 *page = s2_shared_ram(g[2], PAGE_SIZE);
	u64 flags;

	g[0] = RHI_DA_INPUT;
	if (!page || !IS_ALIGNED(g[2], PAGE_SIZE))
		return;
	/* Neither raw measurements nor hashes only can be asked for */
	memcpy(&flags, page + MEAS_FLAGS, sizeof(flags));
	if (flags)
		return;
	if (!v->op)
		memcpy(v->nonce, page + MEAS_NONCE, sizeof(v->nonce));
	begin(v, g, OP_MEASUREMENTS);
}

static void get_report(struct vdev *v, u64 *g)
{
	begin(v, g, OP_REPORT);
}

static void set_tdi_state(struct vdev *v, u64 *g)
{
	static const struct {
		enum vdev_op op;
		enum fault_class class;
	} target[] = {
		[TDI_STATE_UNLOCKED] = { OP_UNLOCK, CLASS_RHI_SET_UNLOCKED },
		[TDI_STATE_LOCKED] = { OP_LOCK, CLASS_RHI_SET_LOCKED },
		[TDI_STATE_RUN] = { OP_START, CLASS_RHI_SET_RUN },
	};

	if (g[2] >= ARRAY_SIZE(target)) {
		g[0] = RHI_DA_INPUT;
		return;
	}
	fault_relock(v, target[g[2]].class);
	if (fault_fails(v, target[g[2]].class, &g[0]))
		return;
	begin(v, g, target[g[2]].op);
}

static void vdev_continue(struct vdev *v, u64 *g)
{
	enum vdev_op op = v->op;

	if (!op || g[2] != v->op_handle) {
		g[0] = RHI_DA_INPUT;
		return;
	}
	if (v->op_steps) {
		v->op_steps--;
		g[0] = RHI_DA_INCOMPLETE;
		return;
	}

	v->op = OP_NONE;
	switch (vdev_do(v, op)) {
	case VDEV_OK:
		g[0] = RHI_DA_SUCCESS;
		break;
	case VDEV_WRONG_STATE:
	case VDEV_BAD_DEVICE:
		g[0] = RHI_DA_DEVICE;
		break;
	case VDEV_MAPPED:
		g[0] = RHI_DA_ACCESS_FAILED;
		break;
	}
}

/* What is aborted half way leaves the RMM without a session it can rely on */
static void vdev_abort(struct vdev *v, u64 *g)
{
	if (!v->op) {
		g[0] = RHI_DA_ABORTED_OPERATION_HAD_COMPLETED;
		return;
	}
	v->op = OP_NONE;
	vdev_error(v, REASON_ABORT);
	g[0] = RHI_DA_SUCCESS;
}

/**
 * rhi_call - answer a host call
 * @gprs: registers of the RSI_HOST_CALL structure: function id and arguments in,
 *	status and results out
 *
 * Context: monitor lock held.
 */
void rhi_call(u64 *gprs)
{
	static const struct {
		u32 fid;
		enum fault_class class;
		bool global;	/* names no vdev */
		void (*handler)(struct vdev *v, u64 *gprs);
	} calls[] = {
		{ RHI_DA_VERSION, CLASS_RHI_VERSION, true, version },
		{ RHI_DA_FEATURES, CLASS_RHI_FEATURES, true, features },
		{ RHI_DA_OBJECT_SIZE, CLASS_RHI_OBJECT_SIZE, false, object_size },
		{ RHI_DA_OBJECT_READ, CLASS_RHI_OBJECT_READ, false, object_read },
		{ RHI_DA_VDEV_CONTINUE, CLASS_RHI_CONTINUE, false, vdev_continue },
		{ RHI_DA_VDEV_GET_MEASUREMENTS, CLASS_RHI_GET_MEASUREMENTS, false,
		  get_measurements },
		{ RHI_DA_VDEV_GET_INTERFACE_REPORT, CLASS_RHI_GET_REPORT, false,
		  get_report },
		/* Has one class per target state */
		{ RHI_DA_VDEV_SET_TDI_STATE, CLASS_NONE, false, set_tdi_state },
		{ RHI_DA_VDEV_ABORT, CLASS_RHI_ABORT, false, vdev_abort },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
		struct vdev *v = NULL;

		if (calls[i].fid != gprs[0])
			continue;
		if (!calls[i].global) {
			v = vdev_find(gprs[1]);
			if (!v) {
				gprs[0] = RHI_DA_INVALID_VDEV_ID;
				return;
			}
		}
		fault_relock(v, calls[i].class);
		if (!fault_fails(v, calls[i].class, &gprs[0]))
			calls[i].handler(v, gprs);
		return;
	}
	gprs[0] = SMCCC_NOT_SUPPORTED;
}
