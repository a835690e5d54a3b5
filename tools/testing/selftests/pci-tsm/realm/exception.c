// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: what brings the guest to EL2
 *
 * SMCs, and stage 2 aborts. An abort on a page of a TDI (config space, or BAR
 * pages that are not accessible in its present state) is emulated from the
 * syndrome; any other is a synchronous external abort for the guest, as from an
 * RMM.
 */
#include "config.h"
#include "cpu.h"
#include "its.h"
#include "mmio.h"
#include "s2.h"
#include "smmu.h"
#include "vdev.h"

/* Vector numbers: synchronous exception from a lower EL */
#define VECTOR_SYNC_A64		8
#define VECTOR_SYNC_A32		12

#define ESR_EC(esr)		((esr) >> 26 & 0x3f)
#define EC_UNKNOWN		0x00ULL
#define EC_SMC64		0x17
#define EC_IABT_LOWER		0x20ULL
#define EC_IABT_SAME		0x21ULL
#define EC_DABT_LOWER		0x24ULL
#define EC_DABT_SAME		0x25ULL
#define ESR_IL			BIT(25)
#define ESR_ISV			BIT(24)
#define ESR_SAS(esr)		((esr) >> 22 & 3)
#define ESR_SSE			BIT(21)
#define ESR_SRT(esr)		((esr) >> 16 & 0x1f)
#define ESR_SF			BIT(15)
#define ESR_S1PTW		BIT(7)
#define ESR_WNR			BIT(6)
#define ESR_FSC_TYPE(esr)	((esr) & 0x3c)
#define FSC_TRANSLATION		0x04
#define FSC_EXTERNAL		0x10

#define PSTATE_A32		BIT(4)
#define PSTATE_SP_ELX		BIT(0)
#define PSTATE_EL		0xcULL
#define PSTATE_PAN		BIT(22)
#define PSTATE_DIT		BIT(24)
#define SCTLR_SPAN		BIT(23)
#define XZR			31

#define ABORT_LOGS_MAX		64

static unsigned int abort_logs;

/* Do what the CPU does on a synchronous exception to EL1 */
static void inject(u64 esr, u64 far)
{
	u64 spsr = read_sysreg(spsr_el2);
	u64 vector, pstate;

	if (spsr & PSTATE_A32)
		vector = 0x600;
	else if (!(spsr & PSTATE_EL))
		vector = 0x400;
	else
		vector = spsr & PSTATE_SP_ELX ? 0x200 : 0;

	pstate = SPSR_EL1H_MASKED | (spsr & (PSTATE_PAN | PSTATE_DIT));
	if (!(read_sysreg(sctlr_el1) & SCTLR_SPAN))
		pstate |= PSTATE_PAN;

	write_sysreg(read_sysreg(elr_el2), elr_el1);
	write_sysreg(spsr, spsr_el1);
	write_sysreg(esr, esr_el1);
	write_sysreg(far, far_el1);
	write_sysreg(read_sysreg(vbar_el1) + vector, elr_el2);
	write_sysreg(pstate, spsr_el2);
}

static void inject_external_abort(u64 esr)
{
	bool same = read_sysreg(spsr_el2) & PSTATE_EL;
	bool fetch = ESR_EC(esr) == EC_IABT_LOWER;
	u64 ec;

	if (fetch)
		ec = same ? EC_IABT_SAME : EC_IABT_LOWER;
	else
		ec = same ? EC_DABT_SAME : EC_DABT_LOWER;
	inject(ec << 26 | ESR_IL | (esr & ESR_WNR) | FSC_EXTERNAL,
	       read_sysreg(far_el2));
}

static void skip_instruction(void)
{
	write_sysreg(read_sysreg(elr_el2) + 4, elr_el2);
}

static u64 extend(u64 val, u64 esr, unsigned int size)
{
	unsigned int shift = 64 - 8 * size;

	val <<= shift;
	val = esr & ESR_SSE ? (u64)((s64)val >> shift) : val >> shift;
	return esr & ESR_SF ? val : (u32)val;
}

static bool emulate(struct regs *regs, u64 esr, u64 ipa)
{
	unsigned int rt = ESR_SRT(esr);
	struct mmio mmio = {
		.ipa = ipa,
		.size = 1U << ESR_SAS(esr),
		.write = esr & ESR_WNR,
	};

	if (!(esr & ESR_ISV) || esr & ESR_S1PTW)
		return false;
	if (mmio.write && rt != XZR)
		mmio.val = regs->x[rt];
	if (mmio.size < 8)
		mmio.val &= BIT(8 * mmio.size) - 1;
	if (!config_access(&mmio) && !its_access(&mmio) && !vdev_access(&mmio))
		return false;
	if (!mmio.write && rt != XZR)
		regs->x[rt] = extend(mmio.val, esr, mmio.size);
	skip_instruction();
	return true;
}

static void stage2_abort(struct regs *regs, u64 esr)
{
	u64 far = read_sysreg(far_el2);
	u64 ipa = (read_sysreg(hpfar_el2) >> 4 << PAGE_SHIFT) |
		  (far & (PAGE_SIZE - 1));

	/* Another CPU mapped the page while this one waited for the lock */
	if (ESR_FSC_TYPE(esr) == FSC_TRANSLATION && s2_is_mapped(ipa))
		return;
	if (ESR_EC(esr) == EC_DABT_LOWER && emulate(regs, esr, ipa))
		return;

	if (abort_logs < ABORT_LOGS_MAX) {
		abort_logs++;
		mon_log("external abort: ipa 0x%llx pc 0x%llx esr 0x%llx", ipa,
			read_sysreg(elr_el2), esr);
	}
	inject_external_abort(esr);
}

static void smc(struct regs *regs)
{
	/* Unlike HVC, a trapped SMC has not advanced the PC */
	skip_instruction();
	smmu_poll();
	if (!psci_call(regs) && !rsi_call(regs))
		regs->x[0] = SMCCC_NOT_SUPPORTED;
}

/**
 * exception - everything that is taken to EL2
 * @vector: number of the vector, 0 to 15
 * @regs: the guest's registers; what is changed here the guest sees
 *
 * Context: from boot.S, interrupts masked, monitor lock not held.
 */
void exception(u64 vector, struct regs *regs)
{
	u64 esr = read_sysreg(esr_el2);

	if (vector != VECTOR_SYNC_A64 && vector != VECTOR_SYNC_A32)
		mon_panic("vector %llu esr 0x%llx elr 0x%llx far 0x%llx", vector,
			  esr, read_sysreg(elr_el2), read_sysreg(far_el2));

	monitor_lock();
	switch (ESR_EC(esr)) {
	case EC_SMC64:
		smc(regs);
		break;
	case EC_DABT_LOWER:
	case EC_IABT_LOWER:
		stage2_abort(regs, esr);
		break;
	default:
		mon_log("esr 0x%llx pc 0x%llx: undefined instruction", esr,
			read_sysreg(elr_el2));
		inject(EC_UNKNOWN << 26 | ESR_IL, 0);
	}
	monitor_unlock();
}
