// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: PSCI (DEN0022) and SMCCC (DEN0028) discovery for the guest
 *
 * CPU power is left to QEMU's own PSCI; what is kept here is where a CPU that was
 * started shall enter the guest.
 */
#include "cpu.h"
#include "s2.h"
#include "smmu.h"

#define SMCCC_VERSION		0x80000000
#define SMCCC_VERSION_1_2	0x10002
#define PSCI_VERSION		0x84000000
#define PSCI_VERSION_1_1	0x10001
#define PSCI_CPU_OFF		0x84000002
#define PSCI_CPU_ON		0xc4000003
#define PSCI_AFFINITY_INFO	0xc4000004
#define PSCI_SYSTEM_OFF		0x84000008
#define PSCI_SYSTEM_RESET	0x84000009
#define PSCI_FEATURES		0x8400000a

#define PSCI_INVALID_PARAMETERS	(-2ULL)
#define PSCI_INVALID_ADDRESS	(-9ULL)

static struct {
	u64 pc;
	u64 x0;
} entry[MAX_CPUS];

static u64 cpu_on(u64 mpidr, u64 pc, u64 x0)
{
	u64 ret;

	/* QEMU numbers the first CPUs of the virt machine in Aff0 */
	if (mpidr >= params->nr_cpus)
		return PSCI_INVALID_PARAMETERS;
	if (!IS_ALIGNED(pc, 4) || !s2_protected_ram(pc, 4))
		return PSCI_INVALID_ADDRESS;
	/* The CPU waits for the monitor lock before it looks at its entry */
	ret = smc_call(PSCI_CPU_ON, mpidr, (uintptr_t)secondary_entry, mpidr);
	if (!ret) {
		entry[mpidr].pc = pc;
		entry[mpidr].x0 = x0;
	}
	return ret;
}

static u64 features(u32 fid)
{
	switch (fid) {
	case SMCCC_VERSION:
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON:
	case PSCI_AFFINITY_INFO:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
		return 0;
	default:
		return SMCCC_NOT_SUPPORTED;
	}
}

/**
 * psci_cpu_entry - where a started CPU enters the guest
 * @cpu: the CPU
 * @pc: first instruction
 * @x0: the context argument of CPU_ON
 *
 * Context: on @cpu, as it starts.
 */
void psci_cpu_entry(unsigned int cpu, u64 *pc, u64 *x0)
{
	monitor_lock();
	*pc = entry[cpu].pc;
	*x0 = entry[cpu].x0;
	monitor_unlock();
}

/**
 * system_off - end QEMU
 *
 * Context: any.
 */
void system_off(void)
{
	smc_call(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		asm volatile("wfi");
}

/**
 * psci_call - answer an SMC if it is PSCI or SMCCC discovery
 * @regs: the guest's registers
 *
 * Context: monitor lock held; CPU_OFF drops it and does not come back.
 * Return: false if the call is not one of these
 */
bool psci_call(struct regs *regs)
{
	u64 *x = regs->x;

	switch ((u32)x[0]) {
	case SMCCC_VERSION:
		x[0] = SMCCC_VERSION_1_2;
		return true;
	case PSCI_VERSION:
		x[0] = PSCI_VERSION_1_1;
		return true;
	case PSCI_FEATURES:
		x[0] = features(x[1]);
		return true;
	case PSCI_CPU_ON:
		x[0] = cpu_on(x[1], x[2], x[3]);
		return true;
	case PSCI_CPU_OFF:
		monitor_unlock();
		smc_call(PSCI_CPU_OFF, 0, 0, 0);
		mon_panic("CPU %u refuses to go off", this_cpu());
	case PSCI_AFFINITY_INFO:
		x[0] = smc_call(PSCI_AFFINITY_INFO, x[1], x[2], 0);
		return true;
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
		smmu_poll();
		mon_log("guest is off");
		smc_call((u32)x[0], 0, 0, 0);
		system_off();
	default:
		return false;
	}
}
