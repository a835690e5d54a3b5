// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: start-up of each CPU
 */
#include "cpu.h"
#include "its.h"
#include "monitor.h"
#include "s2.h"
#include "smmu.h"
#include "vdev.h"

#define PTE_BLOCK		BIT(0)
#define PTE_ATTR(n)		((u64)(n) << 2)
#define PTE_AP_RES1		BIT(6)
#define PTE_SH_INNER		(3ULL << 8)
#define PTE_AF			BIT(10)
#define PTE_XN			BIT(54)

#define CPTR_NO_TRAPS		0x33ff		/* RES1 bits, TFP clear: */
#define CPTR_TFP		BIT(10)
#define CNTHCTL_EL1_ACCESS	3
#define ICC_SRE_ALL		0xf		/* SRE, DFB, DIB, Enable */
#define SCTLR_EL1_RESET		0x30d00800	/* RES1 bits, MMU off */

const struct params *params = (const struct params *)PARAMS_ADDR;
u64 el2_table[512] __aligned(4096);

static u32 lock_word;

/**
 * mmu_init - fill the monitor's own identity map
 *
 * 1 GiB blocks: device memory first, RAM after.
 *
 * Context: CPU 0, MMU off.
 */
void mmu_init(void)
{
	for (u64 i = 0; i < ARRAY_SIZE(el2_table); i++) {
		u64 pte = (i << 30) | PTE_BLOCK | PTE_AP_RES1 | PTE_AF;

		if (i == 0)
			pte |= PTE_ATTR(0) | PTE_XN;
		else
			pte |= PTE_ATTR(1) | PTE_SH_INNER;
		el2_table[i] = pte;
	}
}

/**
 * monitor_lock - enter the monitor
 *
 * One lock for everything: a fixture wants to be obviously right.
 *
 * Context: EL2, lock not held by this CPU.
 */
void monitor_lock(void)
{
	while (__atomic_exchange_n(&lock_word, 1, __ATOMIC_ACQUIRE))
		asm volatile("yield");
}

/**
 * monitor_unlock - leave the monitor
 *
 * Context: lock held by this CPU.
 */
void monitor_unlock(void)
{
	__atomic_store_n(&lock_word, 0, __ATOMIC_RELEASE);
}

static void cpu_init(void)
{
	write_sysreg((uintptr_t)vectors, vbar_el2);
	write_sysreg(CPTR_NO_TRAPS & ~CPTR_TFP, cptr_el2);
	write_sysreg(CNTHCTL_EL1_ACCESS, cnthctl_el2);
	write_sysreg(0, cntvoff_el2);
	write_sysreg(read_sysreg(midr_el1), vpidr_el2);
	write_sysreg(read_sysreg(mpidr_el1), vmpidr_el2);
	write_sysreg(ICC_SRE_ALL, S3_4_C12_C9_5);
	write_sysreg(SCTLR_EL1_RESET, sctlr_el1);
	s2_enable();
}

static void check_params(void)
{
	if (params->magic != PARAMS_MAGIC)
		mon_panic("no parameters at 0x%llx", PARAMS_ADDR);
	if (!IS_ALIGNED(params->ram_size, 1ULL << 21) ||
	    params->ram_size < 256 << 20 || params->ram_size > S2_RAM_MAX)
		mon_panic("bad RAM size 0x%llx", params->ram_size);
	if (!params->nr_cpus || params->nr_cpus > MAX_CPUS)
		mon_panic("bad number of CPUs %llu", params->nr_cpus);
	if (params->nr_tdis > MAX_TDIS)
		mon_panic("bad number of TDIs %llu", params->nr_tdis);
}

/**
 * monitor_main - start of CPU 0: set everything up and boot the guest's kernel
 *
 * Context: from boot.S, the only CPU that runs.
 */
void monitor_main(void)
{
	console_init();
	check_params();
	mon_log("start: %llu MiB, %llu CPUs, %llu TDIs", params->ram_size >> 20,
		params->nr_cpus, params->nr_tdis);
	s2_init();
	if (smmu_init())
		mon_panic("no usable SMMUv3");
	vdev_init();
	its_init();
	s2_flush();
	cpu_init();
	enter_realm(KERNEL_ADDR, DTB_ADDR);
}

/**
 * monitor_secondary - start of another CPU, where PSCI CPU_ON sent it
 *
 * Context: from boot.S.
 */
void monitor_secondary(void)
{
	u64 pc, x0;

	cpu_init();
	psci_cpu_entry(this_cpu(), &pc, &x0);
	enter_realm(pc, x0);
}
