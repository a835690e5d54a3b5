// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arm CCA device assignment: what the RMM says about a function. It is the only
 * source that counts: the host says what it likes.
 */
#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <crypto/sha2.h>
#include <crypto/utils.h>
#include <linux/array_size.h>
#include <linux/pci.h>

#include "arm-cca-da.h"

static const char *arm_cca_vdev_state_name(u8 state)
{
	static const char * const names[] = {
		[RSI_VDEV_UNLOCKED] = "UNLOCKED",
		[RSI_VDEV_LOCKED] = "LOCKED",
		[RSI_VDEV_STARTED] = "STARTED",
		[RSI_VDEV_ERROR] = "ERROR",
	};

	return state < ARRAY_SIZE(names) ? names[state] : "undefined";
}

/**
 * arm_cca_vdev_update - ask the RMM about a function
 * @vdev: the function; &arm_cca_vdev.info can be used on success
 *
 * The layout of the information moved between drafts of RMM 1.1 and RMM 2.0
 * without any other sign than this: where there is the format of the interface
 * report now, 1 for TDISP, the drafts had the version of TDISP, 0x10 for 1.0.
 *
 * Context: Process context, may sleep.
 * Return: 0, %-EOPNOTSUPP for information of another layout, or another
 * negative errno.
 */
int arm_cca_vdev_update(struct arm_cca_vdev *vdev)
{
	const struct rsi_vdev_info *info = vdev->info;
	struct pci_dev *pdev = vdev->tsm.pdev;
	bool locked;
	int rc;

	rc = arm_cca_rsi_get_info(vdev);
	if (rc)
		return rc;

	if (info->report_format > RSI_VDEV_REPORT_TDISP) {
		pci_err(pdev, "RMM is older than RMM 2.0: interface report format %#x\n",
			info->report_format);
		return -EOPNOTSUPP;
	}
	if (info->state > RSI_VDEV_ERROR) {
		pci_err(pdev, "RMM reports undefined state %u\n", info->state);
		return -EBADMSG;
	}

	locked = info->state == RSI_VDEV_LOCKED ||
		 info->state == RSI_VDEV_STARTED;
	if (locked && (info->report_format != RSI_VDEV_REPORT_TDISP ||
		       RSI_VDEV_REPORT_MAJOR(info->report_version) != 1)) {
		pci_err(pdev, "interface report is not that of TDISP 1.x: format %u, version %#llx\n",
			info->report_format, info->report_version);
		return -EOPNOTSUPP;
	}
	return 0;
}

/* To be said once, however often it is seen */
static int arm_cca_vdev_stale(struct arm_cca_vdev *vdev, const char *what)
{
	if (!vdev->stale)
		pci_err(vdev->tsm.pdev, "%s behind our back\n", what);
	vdev->stale = true;
	return -ESTALE;
}

/**
 * arm_cca_vdev_check_session - is the LOCK session still ours
 * @vdev: the function; &arm_cca_vdev.info is current
 *
 * If there is a LOCK session of ours, it must be the current one, and no
 * evidence may have been collected since we did. A function in ERROR may have
 * lost it by that.
 *
 * Context: Process context.
 * Return: 0, or %-ESTALE if it is not.
 */
int arm_cca_vdev_check_session(struct arm_cca_vdev *vdev)
{
	const struct rsi_vdev_info *info = vdev->info;

	if (!vdev->locked || info->state == RSI_VDEV_ERROR)
		return 0;

	if (info->state == RSI_VDEV_UNLOCKED ||
	    info->lock_nonce != vdev->lock_nonce)
		return arm_cca_vdev_stale(vdev, "function was unlocked or locked again");

	if (vdev->collected && (info->meas_nonce != vdev->meas_nonce ||
				info->report_nonce != vdev->report_nonce))
		return arm_cca_vdev_stale(vdev, "evidence was collected again");

	return 0;
}

/**
 * arm_cca_vdev_check - is a function where it was left
 * @vdev: the function
 * @state: the state that it must be in, RSI_VDEV_*
 *
 * Context: Process context, may sleep.
 * Return: 0, %-EIO if it is in another state, %-ESTALE if the LOCK session or
 * the evidence is not ours any more, or another negative errno.
 */
int arm_cca_vdev_check(struct arm_cca_vdev *vdev, u8 state)
{
	const struct rsi_vdev_info *info = vdev->info;
	int rc;

	rc = arm_cca_vdev_update(vdev);
	if (rc)
		return rc;

	rc = arm_cca_vdev_check_session(vdev);
	if (rc)
		return rc;

	if (info->state != state) {
		pci_err(vdev->tsm.pdev, "function is %s, expected %s\n",
			arm_cca_vdev_state_name(info->state),
			arm_cca_vdev_state_name(state));
		return -EIO;
	}
	return 0;
}

/**
 * arm_cca_vdev_check_digest - is this what the RMM saw
 * @vdev: the function; &arm_cca_vdev.info is current
 * @what: name of the object, for the log
 * @data: an object of evidence, in private memory
 * @len: its size
 * @digest: the digest of the object in &arm_cca_vdev.info
 *
 * Context: Process context.
 * Return: 0, %-EBADMSG if it is not, %-EOPNOTSUPP if the RMM uses an algorithm
 * that is not known.
 */
int arm_cca_vdev_check_digest(struct arm_cca_vdev *vdev, const char *what,
			      const void *data, size_t len, const u8 *digest)
{
	u8 computed[RSI_DIGEST_SIZE] = {};

	switch (vdev->info->hash_algo) {
	case RSI_HASH_SHA256:
		sha256(data, len, computed);
		break;
	case RSI_HASH_SHA384:
		sha384(data, len, computed);
		break;
	case RSI_HASH_SHA512:
		sha512(data, len, computed);
		break;
	default:
		pci_err(vdev->tsm.pdev, "RMM uses unknown hash algorithm %u\n",
			vdev->info->hash_algo);
		return -EOPNOTSUPP;
	}

	if (crypto_memneq(computed, digest, sizeof(computed))) {
		pci_err(vdev->tsm.pdev, "%s from the host is not what the RMM saw\n",
			what);
		return -EBADMSG;
	}
	return 0;
}
