/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Realm Host Interface (RHI, Arm DEN0148): what a Realm asks of its host. The
 * calls travel in the registers of an RSI Host call, function id first, results
 * from the first register on. The host is not trusted.
 */
#ifndef __ASM_RHI_H
#define __ASM_RHI_H

#include <linux/arm-smccc.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

#define RHI_FID(n)		ARM_SMCCC_CALL_VAL(ARM_SMCCC_FAST_CALL,		\
						   ARM_SMCCC_SMC_64,		\
						   ARM_SMCCC_OWNER_STANDARD_HYP,\
						   n)

#define RHI_NOT_SUPPORTED	(~0UL)

/*
 * Device assignment (DA)
 *
 * Version of the calls below.
 *
 * ret0 == Version, or RHI_NOT_SUPPORTED
 */
#define RHI_DA_VERSION			RHI_FID(0x4a)

#define RHI_DA_VERSION_MAJOR(version)	((version) >> 16)

/*
 * Which of the calls below the host implements.
 *
 * ret0 == RHI_DA_HAS_*
 */
#define RHI_DA_FEATURES			RHI_FID(0x4b)

#define RHI_DA_HAS_OBJECT_SIZE		BIT(0)
#define RHI_DA_HAS_OBJECT_READ		BIT(1)
#define RHI_DA_HAS_VDEV_CONTINUE	BIT(2)
#define RHI_DA_HAS_GET_MEASUREMENTS	BIT(3)
#define RHI_DA_HAS_GET_REPORT		BIT(4)
#define RHI_DA_HAS_SET_TDI_STATE	BIT(5)

/*
 * Size of an object which the host keeps for the Realm.
 *
 * arg1 == vdev id
 * arg2 == RHI_DA_OBJECT_*
 * ret0 == RHI_DA_* status
 * ret1 == Size in bytes
 */
#define RHI_DA_OBJECT_SIZE		RHI_FID(0x4c)

#define RHI_DA_OBJECT_VCA		0
#define RHI_DA_OBJECT_CERTIFICATE	1
#define RHI_DA_OBJECT_MEASUREMENTS	2
#define RHI_DA_OBJECT_REPORT		3
#define RHI_DA_OBJECT_VCA_DRAFT		4	/* before RHI 1.0 */

/*
 * Read a part of such an object.
 *
 * arg1 == vdev id
 * arg2 == RHI_DA_OBJECT_*
 * arg3 == IPA of the buffer, in shared memory
 * arg4 == Size of the buffer
 * arg5 == Offset in the object
 * ret0 == RHI_DA_* status
 * ret1 == Bytes written to the buffer
 */
#define RHI_DA_OBJECT_READ		RHI_FID(0x4d)

/*
 * Go on with a call that returned RHI_DA_INCOMPLETE.
 *
 * arg1 == vdev id
 * arg2 == Handle, ret1 of that call
 * ret0 == RHI_DA_* status
 */
#define RHI_DA_VDEV_CONTINUE		RHI_FID(0x51)

/*
 * Have the device sign its measurements.
 *
 * arg1 == vdev id
 * arg2 == IPA of struct rhi_da_meas_params, in a page of shared memory
 * ret0 == RHI_DA_* status
 * ret1 == Handle for RHI_DA_VDEV_CONTINUE
 */
#define RHI_DA_VDEV_GET_MEASUREMENTS	RHI_FID(0x52)

struct rhi_da_meas_params {
	u64 flags;
	u8 pad[0xf8];
	u8 nonce[32];
};

static_assert(offsetof(struct rhi_da_meas_params, nonce) == 0x100);

/*
 * Collect the interface report of a vdev.
 *
 * arg1 == vdev id
 * ret0 == RHI_DA_* status
 * ret1 == Handle for RHI_DA_VDEV_CONTINUE
 */
#define RHI_DA_VDEV_GET_REPORT		RHI_FID(0x53)

/*
 * Bring a vdev to another TDISP state.
 *
 * arg1 == vdev id
 * arg2 == RHI_DA_TDI_*
 * ret0 == RHI_DA_* status
 * ret1 == Handle for RHI_DA_VDEV_CONTINUE
 */
#define RHI_DA_VDEV_SET_TDI_STATE	RHI_FID(0x54)

#define RHI_DA_TDI_UNLOCKED		0
#define RHI_DA_TDI_LOCKED		1
#define RHI_DA_TDI_RUN			2

/*
 * Give up a call that returned RHI_DA_INCOMPLETE.
 *
 * arg1 == vdev id
 * ret0 == RHI_DA_* status
 */
#define RHI_DA_VDEV_ABORT		RHI_FID(0x56)

#define RHI_DA_SUCCESS			0
#define RHI_DA_INCOMPLETE		1
#define RHI_DA_DATA_NOT_AVAILABLE	2
#define RHI_DA_INVALID_VDEV_ID		3
#define RHI_DA_INVALID_OBJECT		4
#define RHI_DA_ERROR_INPUT		5
#define RHI_DA_ERROR_DEVICE		6
#define RHI_DA_INVALID_OFFSET		7
#define RHI_DA_ACCESS_FAILED		8
#define RHI_DA_BUSY			9
#define RHI_DA_ABORTED_HAD_COMPLETED	10
#define RHI_DA_OBJECT_UNSUPPORTED	11

#endif /* __ASM_RHI_H */
