// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arm CCA device assignment: the evidence of a function. The host has the
 * device make it and keeps it; the RMM, through which it went, tells by digests
 * whether what the host delivers is that.
 */
#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <linux/array_size.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/pci.h>
#include <linux/string.h>

#include <asm/rhi.h>
#include <asm/rsi_smc.h>

#include "arm-cca-da.h"

static const struct {
	const char *name;
	u64 id;
	size_t max;
	size_t digest;
} arm_cca_objects[] = {
	[PCI_TSM_CERTIFICATES] = {
		"certificates", RHI_DA_OBJECT_CERTIFICATE, PCI_TSM_OBJECT_MAX,
		offsetof(struct rsi_vdev_info, cert_digest),
	},
	[PCI_TSM_VCA] = {
		"VCA", RHI_DA_OBJECT_VCA, PCI_TSM_VCA_MAX,
		offsetof(struct rsi_vdev_info, vca_digest),
	},
	[PCI_TSM_MEASUREMENTS] = {
		"measurements", RHI_DA_OBJECT_MEASUREMENTS, PCI_TSM_OBJECT_MAX,
		offsetof(struct rsi_vdev_info, meas_digest),
	},
	[PCI_TSM_REPORT] = {
		"interface report", RHI_DA_OBJECT_REPORT, PCI_TSM_REPORT_MAX,
		offsetof(struct rsi_vdev_info, report_digest),
	},
};

static_assert(ARRAY_SIZE(arm_cca_objects) == PCI_TSM_NR_OBJECTS);
static_assert(sizeof_field(struct rhi_da_meas_params, nonce) ==
	      PCI_TSM_NONCE_SIZE);

static int arm_cca_evidence_measure(struct arm_cca_vdev *vdev, const u8 *nonce)
{
	struct rhi_da_meas_params *params __free(arm_cca_shared_page) =
		arm_cca_shared_page_alloc();

	if (!params)
		return -ENOMEM;

	memcpy(params->nonce, nonce, sizeof(params->nonce));
	return arm_cca_rhi_get_measurements(vdev, virt_to_phys(params));
}

/* Hosts of before RHI 1.0 have another number for the VCA */
static void *arm_cca_evidence_vca(struct arm_cca_vdev *vdev, size_t *len)
{
	void *data = arm_cca_object_get(vdev, vdev->vca_id, PCI_TSM_VCA_MAX, len);

	if (data != ERR_PTR(-EOPNOTSUPP) ||
	    vdev->vca_id == RHI_DA_OBJECT_VCA_DRAFT)
		return data;

	data = arm_cca_object_get(vdev, RHI_DA_OBJECT_VCA_DRAFT,
				  PCI_TSM_VCA_MAX, len);
	if (!IS_ERR(data))
		vdev->vca_id = RHI_DA_OBJECT_VCA_DRAFT;
	return data;
}

static int arm_cca_evidence_fetch(struct arm_cca_vdev *vdev,
				  struct pci_tsm_collection *collection)
{
	for (int i = 0; i < PCI_TSM_NR_OBJECTS; i++) {
		size_t len;
		void *data;

		if (i == PCI_TSM_VCA)
			data = arm_cca_evidence_vca(vdev, &len);
		else
			data = arm_cca_object_get(vdev, arm_cca_objects[i].id,
						  arm_cca_objects[i].max, &len);
		if (IS_ERR(data))
			return PTR_ERR(data);

		collection->object[i].data = data;
		collection->object[i].len = len;
	}
	return 0;
}

/* With &arm_cca_vdev.info of after the last object was read */
static int arm_cca_evidence_check(struct arm_cca_vdev *vdev,
				  const struct pci_tsm_collection *collection)
{
	for (int i = 0; i < PCI_TSM_NR_OBJECTS; i++) {
		const void *info = vdev->info;
		int rc;

		rc = arm_cca_vdev_check_digest(vdev, arm_cca_objects[i].name,
					       collection->object[i].data,
					       collection->object[i].len,
					       info + arm_cca_objects[i].digest);
		if (rc)
			return rc;
	}
	return 0;
}

/**
 * arm_cca_evidence_collect - collect the evidence of the LOCK session
 * @vdev: the function, in a LOCK session of ours
 * @nonce: what the device is to sign its measurements for
 * @collection: the objects, in private memory and authenticated
 *
 * The nonces of the collection are from then on those of the session.
 *
 * Context: Process context, may sleep.
 * Return: 0, %-ESTALE if the function was locked again meanwhile, %-EBADMSG if
 * an object is not what the RMM saw, or another negative errno.
 */
int arm_cca_evidence_collect(struct arm_cca_vdev *vdev, const u8 *nonce,
			     struct pci_tsm_collection *collection)
{
	const struct rsi_vdev_info *info = vdev->info;
	u8 state;
	int rc;

	rc = arm_cca_vdev_update(vdev) ?: arm_cca_vdev_check_session(vdev);
	if (rc)
		return rc;
	state = info->state;
	if (state != RSI_VDEV_LOCKED && state != RSI_VDEV_STARTED)
		return -EIO;

	/* From here on the RMM has newer evidence than we do */
	vdev->collected = false;

	rc = arm_cca_rhi_get_report(vdev);
	if (rc)
		return rc;
	rc = arm_cca_evidence_measure(vdev, nonce);
	if (rc)
		return rc;
	rc = arm_cca_evidence_fetch(vdev, collection);
	if (rc)
		return rc;

	rc = arm_cca_vdev_check(vdev, state);
	if (rc)
		return rc;
	rc = arm_cca_evidence_check(vdev, collection);
	if (rc)
		return rc;

	vdev->meas_nonce = info->meas_nonce;
	vdev->report_nonce = info->report_nonce;
	vdev->collected = true;
	return 0;
}
