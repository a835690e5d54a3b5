// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: TDISP state machine of the TDIs (PCIe r6.x, sec 11.2)
 */
#include "cpu.h"
#include "s2.h"
#include "smmu.h"
#include "vdev.h"

#define REJECT_LOGS_MAX		16
#define RID_MAX			((ECAM_END - ECAM_BASE - 1) >> PAGE_SHIFT)

static struct vdev vdevs[MAX_TDIS];

static const char *const state_name[] = {
	[TDI_UNLOCKED] = "UNLOCKED",
	[TDI_LOCKED] = "LOCKED",
	[TDI_RUN] = "RUN",
	[TDI_ERROR] = "ERROR",
};

/**
 * vdev_init - set up the TDIs that the launcher named
 *
 * Context: CPU 0, before the guest runs; s2_flush() must follow.
 */
void vdev_init(void)
{
	for (unsigned int i = 0; i < params->nr_tdis; i++) {
		const struct params_tdi *tdi = &params->tdi[i];

		if (tdi->rid > RID_MAX || tdi->dsm_rid > RID_MAX)
			mon_panic("TDI %04llx or its DSM %04llx is beyond the last bus",
				  tdi->rid, tdi->dsm_rid);
		vdevs[i].rid = tdi->rid;
		vdevs[i].spdm.rid = tdi->dsm_rid;
		s2_map_shared_mmio(config_address(tdi->rid, 0), false);
		s2_map_shared_mmio(config_address(tdi->dsm_rid, 0), false);
		for (unsigned int n = 0; n < MAX_PORTS; n++) {
			u64 port = tdi->port_rid[n];

			if (!port || port > RID_MAX)
				continue;
			vdevs[i].port_rid[n] = port;
			s2_map_shared_mmio(config_address(port, 0), false);
		}
	}
}

/**
 * vdev_at - iterate over the TDIs
 * @index: from 0
 *
 * Context: any.
 * Return: the TDI, or NULL after the last
 */
struct vdev *vdev_at(unsigned int index)
{
	return index < params->nr_tdis ? &vdevs[index] : NULL;
}

/**
 * vdev_find - look up a TDI
 * @vdev_id: PCI domain (0) << 16 | Routing ID, as Linux numbers them
 *
 * Context: any.
 * Return: the TDI, or NULL if the guest has not seen a TDI there
 */
struct vdev *vdev_find(u64 vdev_id)
{
	struct vdev *v;

	for (unsigned int i = 0; (v = vdev_at(i)); i++) {
		if (v->rid == vdev_id && v->config.ready)
			return v;
	}
	return NULL;
}

static void vdev_set_state(struct vdev *v, enum tdi_state state)
{
	mon_log("%04x: %s -> %s", v->rid, state_name[v->state],
		state_name[state]);
	v->state = state;
	vdev_map(v);
	smmu_set_private(v->rid, v->dma && v->state == TDI_RUN);
}

static bool is_gone(const struct vdev *v)
{
	return config_get(v, PCI_VENDOR_ID) == PCI_ID_NONE;
}

static enum vdev_result lock(struct vdev *v)
{
	if (v->state != TDI_UNLOCKED)
		return VDEV_WRONG_STATE;
	evidence_forget(v);
	if (is_gone(v) || !bar_probe(v) || !evidence_connect(v)) {
		evidence_forget(v);
		return VDEV_BAD_DEVICE;
	}
	v->lock_nonce = random_u64();
	v->locks++;
	vdev_set_state(v, TDI_LOCKED);
	return VDEV_OK;
}

static enum vdev_result start(struct vdev *v)
{
	if (v->state != TDI_LOCKED)
		return VDEV_WRONG_STATE;
	vdev_set_state(v, TDI_RUN);
	return VDEV_OK;
}

static enum vdev_result unlock(struct vdev *v)
{
	/* The RMM holds the host to this: nothing may stay mapped */
	if (vdev_dev_pages(v))
		return VDEV_MAPPED;
	v->dma = false;
	evidence_forget(v);
	vdev_set_state(v, TDI_UNLOCKED);
	return VDEV_OK;
}

static enum vdev_result get_report(struct vdev *v)
{
	if (v->state != TDI_LOCKED && v->state != TDI_RUN)
		return VDEV_WRONG_STATE;
	evidence_report(v);
	return VDEV_OK;
}

static enum vdev_result get_measurements(struct vdev *v)
{
	if (v->state != TDI_LOCKED && v->state != TDI_RUN)
		return VDEV_WRONG_STATE;
	return evidence_measure(v) ? VDEV_OK : VDEV_BAD_DEVICE;
}

/**
 * vdev_do - carry out what the host was asked to do with a TDI
 * @v: the TDI
 * @op: the operation
 *
 * Context: monitor lock held.
 * Return: VDEV_OK, or why nothing was changed
 */
enum vdev_result vdev_do(struct vdev *v, enum vdev_op op)
{
	switch (op) {
	case OP_LOCK:
		return lock(v);
	case OP_START:
		return start(v);
	case OP_UNLOCK:
		return unlock(v);
	case OP_REPORT:
		return get_report(v);
	case OP_MEASUREMENTS:
		return get_measurements(v);
	case OP_NONE:
		break;
	}
	return VDEV_WRONG_STATE;
}

/**
 * vdev_error - the device left LOCKED or RUN by itself
 * @v: the TDI
 * @reason: why
 *
 * Context: monitor lock held.
 */
void vdev_error(struct vdev *v, enum tdi_reason reason)
{
	if (v->state != TDI_LOCKED && v->state != TDI_RUN)
		return;
	mon_log("%04x: error, reason %d", v->rid, reason);
	v->reason = reason;
	vdev_set_state(v, TDI_ERROR);
}

/**
 * vdev_look - see that the device still is there
 * @v: the TDI
 *
 * Context: monitor lock held.
 */
void vdev_look(struct vdev *v)
{
	if (is_gone(v))
		vdev_error(v, REASON_GONE);
}

/**
 * vdev_unlock_behind - the host takes the device back without being asked
 * @v: the TDI
 *
 * To be allowed to unlock the host must unmap first, which the guest can see as
 * RIPAS_DESTROYED.
 *
 * Context: monitor lock held.
 */
void vdev_unlock_behind(struct vdev *v)
{
	v->dma = false;
	vdev_destroy_pages(v);
	unlock(v);
}

/**
 * vdev_reset - the device was reset by its link (PCIe r6.x, sec 11.4.8)
 * @v: the TDI
 *
 * Its memory stays validated, and rejects every access.
 *
 * Context: monitor lock held.
 */
void vdev_reset(struct vdev *v)
{
	v->dma = false;
	evidence_forget(v);
	vdev_set_state(v, TDI_UNLOCKED);
}

/**
 * vdev_is_behind - will a reset of this port's bus reset the TDI?
 * @v: the TDI
 * @port_rid: Routing ID of a port
 *
 * Context: any.
 * Return: true if so
 */
bool vdev_is_behind(const struct vdev *v, u16 port_rid)
{
	for (unsigned int n = 0; n < MAX_PORTS; n++) {
		if (port_rid && v->port_rid[n] == port_rid)
			return true;
	}
	return false;
}

/**
 * vdev_set_dma - RSI_VDEV_DMA_ENABLE and RSI_VDEV_DMA_DISABLE
 * @v: the TDI
 * @enable: may reach private memory while it is in RUN
 *
 * Context: monitor lock held.
 */
void vdev_set_dma(struct vdev *v, bool enable)
{
	if (v->dma != enable)
		mon_log("%04x: DMA %s", v->rid, enable ? "enabled" : "disabled");
	v->dma = enable;
	smmu_set_private(v->rid, v->dma && v->state == TDI_RUN);
}

/**
 * vdev_access - answer an access to a TEE page that the TDI does not accept
 * @mmio: the access
 *
 * That is: any access by the shared alias (T=0) unless UNLOCKED, by the protected
 * alias (T=1) unless RUN. Reads give all-ones, writes are dropped. The same goes
 * for pages that the host took away (RIPAS_DESTROYED), where a Realm on real
 * hardware would be stuck until its host ends it.
 *
 * Context: monitor lock held.
 * Return: false if there is no such page at this address
 */
bool vdev_access(struct mmio *mmio)
{
	struct vdev *v = vdev_of_page(ALIGN_DOWN(mmio->ipa & ~S2_SHARED, PAGE_SIZE));

	if (!(mmio->ipa & S2_SHARED)) {
		enum ripas ripas = s2_ripas(mmio->ipa);

		if (mmio->ipa >= S2_MMIO_SIZE ||
		    (ripas != RIPAS_DEV && ripas != RIPAS_DESTROYED))
			return false;
	} else if (!v) {
		return false;
	}

	if (v && v->rejected++ < REJECT_LOGS_MAX)
		mon_log("%04x: %s of ipa 0x%llx rejected in %s", v->rid,
			mmio->write ? "write" : "read", mmio->ipa,
			state_name[v->state]);
	mmio->val = ~0ULL;
	return true;
}
