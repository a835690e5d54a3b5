// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: Realm Services Interface (DEN0137)
 *
 * RSI 1.0 without attestation and measurements, and the VDEV calls in the layout
 * of 2.0-bet0. The order of the checks is the order of the specification.
 */
#include "cpu.h"
#include "s2.h"
#include "vdev.h"

#define RSI_VERSION			0xc4000190
#define RSI_FEATURES			0xc4000191
#define RSI_REALM_CONFIG		0xc4000196
#define RSI_IPA_STATE_SET		0xc4000197
#define RSI_IPA_STATE_GET		0xc4000198
#define RSI_HOST_CALL			0xc4000199
#define RSI_VDEV_DMA_ENABLE		0xc400019c
#define RSI_VDEV_GET_INFO		0xc400019d
#define RSI_VDEV_VALIDATE_MAPPING	0xc400019f
#define RSI_VDEV_DMA_DISABLE		0xc40001a4

#define RSI_SUCCESS			0
#define RSI_ERROR_INPUT			1
#define RSI_ERROR_DEVICE		5

#define RSI_ACCEPT			0
#define RSI_REJECT			1

#define RSI_VERSION_1_0			0x10000
#define RSI_VERSION_1_1			0x10001
#define RSI_FEATURES_DA			BIT(0)
#define RSI_CHANGE_DESTROYED		BIT(0)
#define RSI_DEV_MEM_COHERENT		BIT(0)
#define RSI_DEV_MEM_FLAGS		(BIT(0) | BIT(1))

/* An RMM returns to the host now and then, which the guest sees as progress */
#define IPA_STATE_SET_MAX		(32ULL << 20)

struct realm_config {
	u64 ipa_width;
	u8 hash_algo;
	u8 pad[4087];
};

static_assert(sizeof(struct realm_config) == PAGE_SIZE, "RsiRealmConfig");

#define HOST_CALL_SIZE			0x100
#define HOST_CALL_GPRS			31

struct host_call {
	u16 imm;
	u8 pad[6];
	u64 gprs[HOST_CALL_GPRS];
};

static_assert(sizeof(struct host_call) == HOST_CALL_SIZE, "RsiHostCall");

#define VDEV_INFO_SIZE			0x200
#define FORMAT_TDISP			1
#define TDISP_VERSION_1_0		0x10000

struct vdev_info {
	u64 flags;
	u64 cert_id;
	u8 hash_algo;		/* 0: SHA-256 */
	u8 pad0[7];
	u64 lock_nonce;
	u64 meas_nonce;
	u64 report_nonce;
	u8 format_type;
	u8 pad1[7];
	u64 format_version;
	u8 state;
	u8 pad2[0x3f];
	u8 vca_digest[64];
	u8 cert_digest[64];
	u8 pubkey_digest[64];
	u8 meas_digest[64];
	u8 report_digest[64];
	u64 vsmmu_addr;
	u64 vsmmu_vsid;
	u8 pad3[0x30];
};

static_assert(sizeof(struct vdev_info) == VDEV_INFO_SIZE, "RsiVdevInfo");
static_assert(offsetof(struct vdev_info, state) == 0x40, "RsiVdevInfo");
static_assert(offsetof(struct vdev_info, report_digest) == 0x180, "RsiVdevInfo");

static void version(u64 *x)
{
	bool known = x[1] == RSI_VERSION_1_0 || x[1] == RSI_VERSION_1_1;

	x[0] = known ? RSI_SUCCESS : RSI_ERROR_INPUT;
	x[1] = known ? x[1] : RSI_VERSION_1_1;
	x[2] = RSI_VERSION_1_1;
}

static void features(u64 *x)
{
	fault_relock(NULL, CLASS_FEATURES);
	if (fault_fails(NULL, CLASS_FEATURES, &x[0]))
		return;
	x[0] = RSI_SUCCESS;
	x[1] = x[1] == 0 ? RSI_FEATURES_DA : 0;
}

static void realm_config(u64 *x)
{
	struct realm_config *config = s2_protected_ram(x[1], PAGE_SIZE);

	x[0] = RSI_ERROR_INPUT;
	if (!config || !IS_ALIGNED(x[1], PAGE_SIZE))
		return;
	memset(config, 0, sizeof(*config));
	config->ipa_width = S2_IPA_BITS;
	x[0] = RSI_SUCCESS;
}

static bool may_change(u64 ipa, enum ripas to, u64 flags)
{
	bool ram = ipa >= S2_RAM_BASE &&
		   ipa < S2_RAM_BASE + params->ram_size;

	/* The host has no memory to give anywhere else */
	if (to == RIPAS_RAM && !ram)
		return false;
	switch (s2_ripas(ipa)) {
	case RIPAS_DESTROYED:
		return flags & RSI_CHANGE_DESTROYED;
	case RIPAS_DEV:
		return to == RIPAS_EMPTY;
	default:
		return true;
	}
}

static bool ipa_state_set_fails(u64 base, u64 top, u64 *status)
{
	struct vdev *v;

	for (unsigned int i = 0; (v = vdev_at(i)); i++) {
		if (!vdev_overlaps(v, base, top))
			continue;
		fault_relock(v, CLASS_IPA_STATE_SET);
		if (fault_fails(v, CLASS_IPA_STATE_SET, status))
			return true;
	}
	return false;
}

static void ipa_state_set(u64 *x)
{
	u64 base = x[1], top = x[2], to = x[3], flags = x[4];
	u64 ipa, end;

	x[0] = RSI_ERROR_INPUT;
	if (!IS_ALIGNED(base | top, PAGE_SIZE) || top <= base ||
	    !s2_is_protected(base, top - base) || to > RIPAS_RAM)
		return;
	if (ipa_state_set_fails(base, top, &x[0]))
		return;

	end = min(top, base + IPA_STATE_SET_MAX);
	for (ipa = base; ipa < end && may_change(ipa, to, flags);
	     ipa += PAGE_SIZE) {
		if (s2_ripas(ipa) != to)
			s2_set_ripas(ipa, to);
	}
	s2_flush();
	x[0] = RSI_SUCCESS;
	x[1] = ipa;
	x[2] = ipa == end ? RSI_ACCEPT : RSI_REJECT;
}

static void ipa_state_get(u64 *x)
{
	u64 base = x[1], top = x[2], ipa;

	x[0] = RSI_ERROR_INPUT;
	if (!IS_ALIGNED(base | top, PAGE_SIZE) || top <= base ||
	    !s2_is_protected(base, top - base))
		return;
	x[2] = s2_ripas(base);
	for (ipa = base; ipa < top && s2_ripas(ipa) == x[2]; ipa += PAGE_SIZE)
		;
	x[0] = RSI_SUCCESS;
	x[1] = ipa;
}

static void host_call(u64 *x)
{
	struct host_call *call = s2_protected_ram(x[1], HOST_CALL_SIZE);

	if (!call || !IS_ALIGNED(x[1], HOST_CALL_SIZE)) {
		x[0] = RSI_ERROR_INPUT;
		return;
	}
	fault_relock(NULL, CLASS_HOST_CALL);
	if (fault_fails(NULL, CLASS_HOST_CALL, &x[0]))
		return;
	if (call->imm)
		call->gprs[0] = SMCCC_NOT_SUPPORTED;
	else
		rhi_call(call->gprs);
	x[0] = RSI_SUCCESS;
}

/* The TDI that a call is about */
static struct vdev *find(u64 vdev_id, enum fault_class class)
{
	struct vdev *v = vdev_find(vdev_id);

	if (v)
		fault_relock(v, class);
	return v;
}

static void vdev_get_info(u64 *x)
{
	struct vdev *v = find(x[1], CLASS_GET_INFO);
	struct vdev_info *info = s2_protected_ram(x[2], VDEV_INFO_SIZE);
	struct fault_rule lie;

	if (!v || !info || !IS_ALIGNED(x[2], VDEV_INFO_SIZE)) {
		x[0] = RSI_ERROR_INPUT;
		return;
	}
	if (fault_fails(v, CLASS_GET_INFO, &x[0]))
		return;
	vdev_look(v);
	memset(info, 0, sizeof(*info));
	info->lock_nonce = v->lock_nonce;
	info->meas_nonce = v->meas_nonce;
	info->report_nonce = v->report_nonce;
	info->format_type = FORMAT_TDISP;
	info->format_version = TDISP_VERSION_1_0;
	info->state = v->state;
	memcpy(info->vca_digest, v->object[OBJECT_VCA].digest, SHA256_SIZE);
	memcpy(info->cert_digest, v->object[OBJECT_CERT].digest, SHA256_SIZE);
	memcpy(info->meas_digest, v->object[OBJECT_MEAS].digest, SHA256_SIZE);
	memcpy(info->report_digest, v->object[OBJECT_REPORT].digest, SHA256_SIZE);
	if (fault_take(v, FAULT_INFO, CLASS_NONE, &lie) && lie.value < VDEV_INFO_SIZE)
		((u8 *)info)[lie.value] = lie.value2;
	x[0] = RSI_SUCCESS;
}

static bool nonces_match(const struct vdev *v, const u64 *nonces)
{
	return nonces[0] == v->lock_nonce && nonces[1] == v->meas_nonce &&
	       nonces[2] == v->report_nonce;
}

/* Where a lying host says that validation should go on */
static u64 bad_next(u32 how, u64 base, u64 top)
{
	switch (how) {
	case 0:
		return base - PAGE_SIZE;
	case 1:
		return top + PAGE_SIZE;
	case 2:
		return base;
	case 3:
		return base + 1;
	default:
		return ~0ULL;
	}
}

static void vdev_validate_mapping(u64 *x)
{
	struct vdev *v = find(x[1], CLASS_VALIDATE_MAPPING);
	u64 base = x[2], top = x[3], pa = x[4], flags = x[5];
	struct fault_rule lie;
	bool accept;

	x[0] = RSI_ERROR_INPUT;
	if (!v || !IS_ALIGNED(base | top | pa, PAGE_SIZE) || top <= base ||
	    !s2_is_protected(base, top - base) || flags & ~RSI_DEV_MEM_FLAGS)
		return;
	if (v->state != TDI_LOCKED && v->state != TDI_RUN)
		return;
	x[0] = RSI_ERROR_DEVICE;
	if (!nonces_match(v, &x[6]))
		return;
	if (fault_fails(v, CLASS_VALIDATE_MAPPING, &x[0]))
		return;

	x[0] = RSI_SUCCESS;
	x[1] = base;
	x[2] = RSI_REJECT;
	if (fault_take(v, FAULT_REJECT, CLASS_NONE, &lie))
		return;
	if (fault_take(v, FAULT_NEXT, CLASS_NONE, &lie)) {
		x[1] = bad_next(lie.value, base, top);
		x[2] = RSI_ACCEPT;
		return;
	}
	accept = !(flags & RSI_DEV_MEM_COHERENT) &&
		 vdev_validate(v, base, top, pa, &x[1]);
	x[2] = accept ? RSI_ACCEPT : RSI_REJECT;
	mon_log("%04x: validate 0x%llx-0x%llx pa 0x%llx: next 0x%llx %s", v->rid,
		base, top, pa, x[1], accept ? "accept" : "reject");
}

static void vdev_dma_enable(u64 *x)
{
	struct vdev *v = find(x[1], CLASS_DMA_ENABLE);

	x[0] = RSI_ERROR_INPUT;
	/* Neither ATS nor auxiliary planes are offered */
	if (!v || x[2] || x[3])
		return;
	x[0] = RSI_ERROR_DEVICE;
	if (v->state != TDI_RUN || !nonces_match(v, &x[4]))
		return;
	if (fault_fails(v, CLASS_DMA_ENABLE, &x[0]))
		return;
	vdev_set_dma(v, true);
	x[0] = RSI_SUCCESS;
}

static void vdev_dma_disable(u64 *x)
{
	struct vdev *v = find(x[1], CLASS_DMA_DISABLE);

	x[0] = RSI_ERROR_INPUT;
	if (!v || fault_fails(v, CLASS_DMA_DISABLE, &x[0]))
		return;
	vdev_set_dma(v, false);
	x[0] = RSI_SUCCESS;
}

/**
 * rsi_call - answer an SMC if it is RSI
 * @regs: the guest's registers
 *
 * Context: monitor lock held.
 * Return: false if the call is not known
 */
bool rsi_call(struct regs *regs)
{
	static const struct {
		u32 fid;
		void (*handler)(u64 *x);
	} calls[] = {
		{ RSI_VERSION, version },
		{ RSI_FEATURES, features },
		{ RSI_REALM_CONFIG, realm_config },
		{ RSI_IPA_STATE_SET, ipa_state_set },
		{ RSI_IPA_STATE_GET, ipa_state_get },
		{ RSI_HOST_CALL, host_call },
		{ RSI_VDEV_GET_INFO, vdev_get_info },
		{ RSI_VDEV_VALIDATE_MAPPING, vdev_validate_mapping },
		{ RSI_VDEV_DMA_ENABLE, vdev_dma_enable },
		{ RSI_VDEV_DMA_DISABLE, vdev_dma_disable },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
		if (calls[i].fid == (u32)regs->x[0]) {
			calls[i].handler(regs->x);
			return true;
		}
	}
	return false;
}
