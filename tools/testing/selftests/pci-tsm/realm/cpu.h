/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor: CPUs, exceptions, and the calls that arrive by SMC
 */
#ifndef CPU_H
#define CPU_H

#include "monitor.h"

/**
 * struct regs - the guest's general registers as the vectors save them
 * @x: X0 to X30
 * @pad: keeps the frame a multiple of 16 bytes
 */
struct regs {
	u64 x[31];
	u64 pad;
};

static_assert(sizeof(struct regs) == FRAME_SIZE, "frame of boot.S");

#define SMCCC_NOT_SUPPORTED	(~0ULL)

/* boot.S */
extern char vectors[];
void secondary_entry(void);
void __noreturn enter_realm(u64 pc, u64 x0);
u64 smc_call(u64 fid, u64 x1, u64 x2, u64 x3);

/* main.c */
extern u64 el2_table[512];
void mmu_init(void);
void __noreturn monitor_main(void);
void __noreturn monitor_secondary(void);
void monitor_lock(void);
void monitor_unlock(void);

/* exception.c */
void exception(u64 vector, struct regs *regs);

/* psci.c */
bool psci_call(struct regs *regs);
void psci_cpu_entry(unsigned int cpu, u64 *pc, u64 *x0);
void __noreturn system_off(void);

/* rsi.c, rhi.c */
bool rsi_call(struct regs *regs);
void rhi_call(u64 *gprs);

static inline unsigned int this_cpu(void)
{
	return read_sysreg(tpidr_el2);
}

#endif /* CPU_H */
