// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arm CCA device assignment: calls to the host (Realm Host Interface). Nothing
 * that the host answers is trusted: what it says it did is checked with the
 * RMM, and what it delivers by the RMM's digests.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <linux/array_size.h>
#include <linux/pci.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <asm/rhi.h>

#include "arm-cca-da.h"

#define ARM_CCA_RHI_ARGS	5

#define ARM_CCA_RHI_NEEDED	(RHI_DA_HAS_OBJECT_SIZE |	\
				 RHI_DA_HAS_OBJECT_READ |	\
				 RHI_DA_HAS_GET_MEASUREMENTS |	\
				 RHI_DA_HAS_GET_REPORT |	\
				 RHI_DA_HAS_SET_TDI_STATE)

/* A call about a function; @args[0] is the function */
struct arm_cca_rhi {
	const char *what;
	u64 fid;
	u64 args[ARM_CCA_RHI_ARGS];
	bool may_continue;
};

static const struct {
	const char *name;
	int err;
} arm_cca_rhi_status[] = {
	[RHI_DA_SUCCESS] = { "SUCCESS", 0 },
	[RHI_DA_INCOMPLETE] = { "INCOMPLETE", -EBADMSG },
	[RHI_DA_DATA_NOT_AVAILABLE] = { "DATA_NOT_AVAILABLE", -ENODATA },
	[RHI_DA_INVALID_VDEV_ID] = { "INVALID_VDEV_ID", -ENODEV },
	[RHI_DA_INVALID_OBJECT] = { "INVALID_OBJECT", -EOPNOTSUPP },
	[RHI_DA_ERROR_INPUT] = { "ERROR_INPUT", -EPROTO },
	[RHI_DA_ERROR_DEVICE] = { "ERROR_DEVICE", -EIO },
	[RHI_DA_INVALID_OFFSET] = { "INVALID_OFFSET", -EBADMSG },
	[RHI_DA_ACCESS_FAILED] = { "ACCESS_FAILED", -EPROTO },
	[RHI_DA_BUSY] = { "BUSY", -EBUSY },
	[RHI_DA_ABORTED_HAD_COMPLETED] = { "ABORTED_HAD_COMPLETED", -EBADMSG },
	[RHI_DA_OBJECT_UNSUPPORTED] = { "OBJECT_UNSUPPORTED", -EOPNOTSUPP },
};

static int arm_cca_rhi_errno(u64 status)
{
	if (status == RHI_NOT_SUPPORTED)
		return -EOPNOTSUPP;
	if (status >= ARRAY_SIZE(arm_cca_rhi_status))
		return -EBADMSG;
	return arm_cca_rhi_status[status].err;
}

static const char *arm_cca_rhi_name(u64 status)
{
	if (status == RHI_NOT_SUPPORTED)
		return "NOT_SUPPORTED";
	if (status >= ARRAY_SIZE(arm_cca_rhi_status))
		return "undefined status";
	return arm_cca_rhi_status[status].name;
}

static int arm_cca_rhi_call(struct rsi_host_call *call, u64 fid,
			    const u64 args[ARM_CCA_RHI_ARGS])
{
	memset(call, 0, sizeof(*call));
	call->gprs[0] = fid;
	memcpy(&call->gprs[1], args, sizeof(*args) * ARM_CCA_RHI_ARGS);
	return arm_cca_rsi_host_call(call);
}

/* Leave nothing under way that would make the host refuse the next call */
static void arm_cca_rhi_abort(struct arm_cca_vdev *vdev)
{
	const u64 args[ARM_CCA_RHI_ARGS] = { vdev->id };

	arm_cca_rhi_call(vdev->call, RHI_DA_VDEV_ABORT, args);
}

/* The results are in the registers of @vdev->call */
static int arm_cca_rhi_vdev_call(struct arm_cca_vdev *vdev,
				 struct arm_cca_rhi rhi)
{
	bool under_way = false;
	struct arm_cca_wait wait;
	u64 status;
	int rc;

	arm_cca_wait_start(&wait, vdev);
	for (;;) {
		rc = arm_cca_rhi_call(vdev->call, rhi.fid, rhi.args);
		if (rc) {
			pci_err(vdev->tsm.pdev, "RHI %s: host call failed (%d)\n",
				rhi.what, rc);
			if (under_way)
				arm_cca_rhi_abort(vdev);
			return rc;
		}
		status = vdev->call->gprs[0];

		if (status == RHI_DA_INCOMPLETE && rhi.may_continue) {
			if (!under_way) {
				rhi.fid = RHI_DA_VDEV_CONTINUE;
				rhi.args[1] = vdev->call->gprs[1];
				under_way = true;
			}
		} else if (status != RHI_DA_BUSY) {
			break;
		}

		rc = arm_cca_wait(&wait);
		if (rc) {
			pci_err(vdev->tsm.pdev, "RHI %s: given up (%d), host says %s\n",
				rhi.what, rc, arm_cca_rhi_name(status));
			if (under_way)
				arm_cca_rhi_abort(vdev);
			return rc;
		}
	}

	rc = arm_cca_rhi_errno(status);
	if (rc) {
		pci_err(vdev->tsm.pdev, "RHI %s: host says %s (%#llx)\n",
			rhi.what, arm_cca_rhi_name(status), status);
		/* An operation that failed has ended, unless the host lies */
		if (under_way)
			arm_cca_rhi_abort(vdev);
	}
	return rc;
}

/**
 * arm_cca_rhi_has_da - does the host implement device assignment
 *
 * Context: Process context, may sleep.
 * Return: true if the calls below can be used.
 */
bool arm_cca_rhi_has_da(void)
{
	static const u64 args[ARM_CCA_RHI_ARGS];
	u64 version, features;
	int rc;

	struct rsi_host_call *call __free(kfree) = kzalloc_obj(*call);
	if (!call)
		return false;

	rc = arm_cca_rhi_call(call, RHI_DA_VERSION, args);
	version = rc ? RHI_NOT_SUPPORTED : call->gprs[0];
	if (RHI_DA_VERSION_MAJOR(version) != 1) {
		pr_warn("no device assignment: host has version %#llx of RHI, need 1.x\n",
			version);
		return false;
	}

	rc = arm_cca_rhi_call(call, RHI_DA_FEATURES, args);
	features = rc ? RHI_NOT_SUPPORTED : call->gprs[0];
	if (features == RHI_NOT_SUPPORTED || ARM_CCA_RHI_NEEDED & ~features) {
		pr_warn("no device assignment: host has features %#llx of RHI, need %#lx\n",
			features, ARM_CCA_RHI_NEEDED);
		return false;
	}
	return true;
}

/**
 * arm_cca_rhi_set_tdi_state - have the host bring a function to a TDISP state
 * @vdev: the function
 * @state: %RHI_DA_TDI_UNLOCKED, %RHI_DA_TDI_LOCKED or %RHI_DA_TDI_RUN
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno.
 */
int arm_cca_rhi_set_tdi_state(struct arm_cca_vdev *vdev, u64 state)
{
	static const char * const what[] = {
		[RHI_DA_TDI_UNLOCKED] = "SET_TDI_STATE(UNLOCKED)",
		[RHI_DA_TDI_LOCKED] = "SET_TDI_STATE(LOCKED)",
		[RHI_DA_TDI_RUN] = "SET_TDI_STATE(RUN)",
	};

	return arm_cca_rhi_vdev_call(vdev, (struct arm_cca_rhi) {
		.what = what[state],
		.fid = RHI_DA_VDEV_SET_TDI_STATE,
		.args = { vdev->id, state },
		.may_continue = true,
	});
}

/**
 * arm_cca_rhi_get_measurements - have the host collect measurements
 * @vdev: the function
 * @params: &struct rhi_da_meas_params in a page of shared memory
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno.
 */
int arm_cca_rhi_get_measurements(struct arm_cca_vdev *vdev, phys_addr_t params)
{
	return arm_cca_rhi_vdev_call(vdev, (struct arm_cca_rhi) {
		.what = "GET_MEASUREMENTS",
		.fid = RHI_DA_VDEV_GET_MEASUREMENTS,
		.args = { vdev->id, params },
		.may_continue = true,
	});
}

/**
 * arm_cca_rhi_get_report - have the host collect the interface report
 * @vdev: the function
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno.
 */
int arm_cca_rhi_get_report(struct arm_cca_vdev *vdev)
{
	return arm_cca_rhi_vdev_call(vdev, (struct arm_cca_rhi) {
		.what = "GET_INTERFACE_REPORT",
		.fid = RHI_DA_VDEV_GET_REPORT,
		.args = { vdev->id },
		.may_continue = true,
	});
}

/**
 * arm_cca_rhi_object_size - ask for the size of an object of evidence
 * @vdev: the function
 * @object: RHI_DA_OBJECT_*
 * @size: what the host says, not checked
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno.
 */
int arm_cca_rhi_object_size(struct arm_cca_vdev *vdev, u64 object, u64 *size)
{
	int rc;

	rc = arm_cca_rhi_vdev_call(vdev, (struct arm_cca_rhi) {
		.what = "OBJECT_SIZE",
		.fid = RHI_DA_OBJECT_SIZE,
		.args = { vdev->id, object },
	});
	*size = vdev->call->gprs[1];
	return rc;
}

/**
 * arm_cca_rhi_object_read - read a part of an object of evidence
 * @vdev: the function
 * @object: RHI_DA_OBJECT_*
 * @buf: where to, in shared memory
 * @max: size of @buf
 * @offset: where in the object
 * @len: how much the host says to have written, not checked
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno.
 */
int arm_cca_rhi_object_read(struct arm_cca_vdev *vdev, u64 object,
			    phys_addr_t buf, u64 max, u64 offset, u64 *len)
{
	int rc;

	rc = arm_cca_rhi_vdev_call(vdev, (struct arm_cca_rhi) {
		.what = "OBJECT_READ",
		.fid = RHI_DA_OBJECT_READ,
		.args = { vdev->id, object, buf, max, offset },
	});
	*len = vdev->call->gprs[1];
	return rc;
}
