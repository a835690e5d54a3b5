// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arm CCA device assignment: calls to the RMM (Realm Services Interface, Arm
 * DEN0137). The RMM is trusted, but what it answers may depend on the host, and
 * it may be of another version than this code: results are checked.
 */
#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <linux/array_size.h>
#include <linux/io.h>
#include <linux/pci.h>
#include <linux/string.h>

#include <asm/rsi_cmds.h>

#include "arm-cca-da.h"

static const struct {
	const char *name;
	int err;
} arm_cca_rsi_status[] = {
	[RSI_SUCCESS] = { "SUCCESS", 0 },
	[RSI_ERROR_INPUT] = { "ERROR_INPUT", -ENODEV },
	[RSI_ERROR_STATE] = { "ERROR_STATE", -EOPNOTSUPP },
	[RSI_INCOMPLETE] = { "INCOMPLETE", -ETIMEDOUT },
	[RSI_ERROR_UNKNOWN] = { "ERROR_UNKNOWN", -EIO },
	[RSI_ERROR_DEVICE] = { "ERROR_DEVICE", -EIO },
};

static int arm_cca_rsi_errno(u64 status)
{
	if (status == (u64)SMCCC_RET_NOT_SUPPORTED)
		return -EOPNOTSUPP;
	if (status >= ARRAY_SIZE(arm_cca_rsi_status))
		return -EBADMSG;
	return arm_cca_rsi_status[status].err;
}

static const char *arm_cca_rsi_name(u64 status)
{
	if (status == (u64)SMCCC_RET_NOT_SUPPORTED)
		return "NOT_SUPPORTED";
	if (status >= ARRAY_SIZE(arm_cca_rsi_status))
		return "undefined status";
	return arm_cca_rsi_status[status].name;
}

/*
 * A call about @vdev. INCOMPLETE means that the host changed something the RMM
 * was looking at, and that the same call may succeed.
 */
static int arm_cca_rsi_call(struct arm_cca_vdev *vdev, const char *what,
			    const struct arm_smccc_1_2_regs *args,
			    struct arm_smccc_1_2_regs *res)
{
	struct arm_cca_wait wait;
	int rc;

	arm_cca_wait_start(&wait, vdev);
	for (;;) {
		arm_cca_smc(args, res);
		if (res->a0 != RSI_INCOMPLETE)
			break;
		rc = arm_cca_wait(&wait);
		if (rc) {
			pci_err(vdev->tsm.pdev, "RSI %s: given up (%d)\n",
				what, rc);
			return rc;
		}
	}

	rc = arm_cca_rsi_errno(res->a0);
	if (rc)
		pci_err(vdev->tsm.pdev, "RSI %s: RMM says %s (%#lx)\n", what,
			arm_cca_rsi_name(res->a0), res->a0);
	return rc;
}

/**
 * arm_cca_rsi_has_da - does the RMM assign devices to this Realm
 *
 * Context: Process context.
 * Return: true if the calls below can be used.
 */
bool arm_cca_rsi_has_da(void)
{
	struct arm_smccc_1_2_regs args = { .a0 = SMC_RSI_FEATURES }, res = {};

	arm_cca_smc(&args, &res);
	return res.a0 == RSI_SUCCESS && (res.a1 & RSI_FEATURE_REGISTER_0_DA);
}

/**
 * arm_cca_rsi_host_call - make a call to the host
 * @call: its registers, in protected memory that is not on the stack
 *
 * Context: Process context.
 * Return: 0 if the call reached the host, or a negative errno.
 */
int arm_cca_rsi_host_call(struct rsi_host_call *call)
{
	struct arm_smccc_1_2_regs args = {
		.a0 = SMC_RSI_HOST_CALL,
		.a1 = virt_to_phys(call),
	}, res = {};

	arm_cca_smc(&args, &res);
	return arm_cca_rsi_errno(res.a0);
}

/**
 * arm_cca_rsi_get_info - fill &arm_cca_vdev.info
 * @vdev: the function
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno.
 */
int arm_cca_rsi_get_info(struct arm_cca_vdev *vdev)
{
	struct arm_smccc_1_2_regs args = {
		.a0 = SMC_RSI_VDEV_GET_INFO,
		.a1 = vdev->id,
		.a2 = virt_to_phys(vdev->info),
	}, res = {};

	memset(vdev->info, 0, sizeof(*vdev->info));
	return arm_cca_rsi_call(vdev, "VDEV_GET_INFO", &args, &res);
}

/**
 * arm_cca_rsi_validate - one step of making a range of MMIO private
 * @vdev: the function
 * @base: first address of the range
 * @top: end of the range
 * @pa: address that the device reported for @base
 * @next: start of what is left of the range, not checked
 * @accepted: the host did not reject the request
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno.
 */
int arm_cca_rsi_validate(struct arm_cca_vdev *vdev, u64 base, u64 top, u64 pa,
			 u64 *next, bool *accepted)
{
	struct arm_smccc_1_2_regs args = {
		.a0 = SMC_RSI_VDEV_VALIDATE_MAPPING,
		.a1 = vdev->id,
		.a2 = base,
		.a3 = top,
		.a4 = pa,
		.a6 = vdev->lock_nonce,
		.a7 = vdev->meas_nonce,
		.a8 = vdev->report_nonce,
	}, res = {};
	int rc;

	rc = arm_cca_rsi_call(vdev, "VDEV_VALIDATE_MAPPING", &args, &res);
	*next = res.a1;
	*accepted = res.a2 == RSI_ACCEPT;
	return rc;
}

/**
 * arm_cca_rsi_dma_enable - let a function reach private memory by DMA
 * @vdev: the function
 *
 * Fails if the function was locked again, or evidence collected again, since
 * its nonces were noted.
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno.
 */
int arm_cca_rsi_dma_enable(struct arm_cca_vdev *vdev)
{
	struct arm_smccc_1_2_regs args = {
		.a0 = SMC_RSI_VDEV_DMA_ENABLE,
		.a1 = vdev->id,
		.a4 = vdev->lock_nonce,
		.a5 = vdev->meas_nonce,
		.a6 = vdev->report_nonce,
	}, res = {};

	return arm_cca_rsi_call(vdev, "VDEV_DMA_ENABLE", &args, &res);
}

/**
 * arm_cca_rsi_dma_disable - undo arm_cca_rsi_dma_enable()
 * @vdev: the function
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno.
 */
int arm_cca_rsi_dma_disable(struct arm_cca_vdev *vdev)
{
	struct arm_smccc_1_2_regs args = {
		.a0 = SMC_RSI_VDEV_DMA_DISABLE,
		.a1 = vdev->id,
	}, res = {};

	return arm_cca_rsi_call(vdev, "VDEV_DMA_DISABLE", &args, &res);
}

/**
 * arm_cca_rsi_ripas_get - ask what is at an address of the Realm
 * @vdev: the function whose range it is
 * @base: the address
 * @top: end of the range of interest
 * @next: end of the range that is the same, not checked
 * @ripas: &enum ripas
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno.
 */
int arm_cca_rsi_ripas_get(struct arm_cca_vdev *vdev, u64 base, u64 top,
			  u64 *next, u64 *ripas)
{
	struct arm_smccc_1_2_regs args = {
		.a0 = SMC_RSI_IPA_STATE_GET,
		.a1 = base,
		.a2 = top,
	}, res = {};
	int rc;

	rc = arm_cca_rsi_call(vdev, "IPA_STATE_GET", &args, &res);
	*next = res.a1;
	*ripas = res.a2;
	return rc;
}

/**
 * arm_cca_rsi_ripas_empty - one step of emptying a range of addresses
 * @vdev: the function whose range it is
 * @base: first address of the range
 * @top: end of the range
 * @next: end of what was done, not checked
 * @accepted: the host did not reject the request
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative errno.
 */
int arm_cca_rsi_ripas_empty(struct arm_cca_vdev *vdev, u64 base, u64 top,
			    u64 *next, bool *accepted)
{
	struct arm_smccc_1_2_regs args = {
		.a0 = SMC_RSI_IPA_STATE_SET,
		.a1 = base,
		.a2 = top,
		.a3 = RSI_RIPAS_EMPTY,
		.a4 = RSI_CHANGE_DESTROYED,
	}, res = {};
	int rc;

	rc = arm_cca_rsi_call(vdev, "IPA_STATE_SET", &args, &res);
	*next = res.a1;
	*accepted = res.a2 == RSI_ACCEPT;
	return rc;
}
