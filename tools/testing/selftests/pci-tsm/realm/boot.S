/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor: entry, CPU start, exception vectors
 *
 * The loader starts CPU 0 at _start, at EL2 with the MMU off. The others wait in
 * QEMU's PSCI until psci.c starts them at secondary_entry. While the guest runs
 * SP_EL2 is the top of this CPU's stack, so a vector has a stack to save to.
 */
#include "asm.h"

	.section .text.boot, "ax"
	.global _start
_start:
	adrp	x0, __bss_start
	add	x0, x0, :lo12:__bss_start
	adrp	x1, __bss_end
	add	x1, x1, :lo12:__bss_end
1:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	1b
	mov	x19, #0
	bl	set_stack
	bl	mmu_init
	bl	mmu_enable
	bl	monitor_main
	b	.

	/* Started by PSCI CPU_ON: x0 = CPU number */
	.global secondary_entry
secondary_entry:
	mov	x19, x0
	bl	set_stack
	bl	mmu_enable
	bl	monitor_secondary
	b	.

	/* x19 = CPU number */
set_stack:
	msr	tpidr_el2, x19
	adrp	x1, stacks
	add	x1, x1, :lo12:stacks
	add	x2, x19, #1
	mov	x3, #STACK_SIZE
	madd	x1, x2, x3, x1
	mov	sp, x1
	ret

	/* Identity map of mmu_init(): caches and atomics want it */
mmu_enable:
	adrp	x0, el2_table
	add	x0, x0, :lo12:el2_table
	msr	ttbr0_el2, x0
	ldr	x0, =EL2_MAIR
	msr	mair_el2, x0
	ldr	x0, =EL2_TCR
	msr	tcr_el2, x0
	tlbi	alle2
	dsb	sy
	isb
	ldr	x0, =EL2_SCTLR
	msr	sctlr_el2, x0
	isb
	ret

	/*
	 * void enter_realm(u64 pc, u64 x0): to EL1h with interrupts masked and no
	 * register left of ours. The stack starts over.
	 */
	.global enter_realm
enter_realm:
	msr	elr_el2, x0
	mov	x2, #SPSR_EL1H_MASKED
	msr	spsr_el2, x2
	mrs	x19, tpidr_el2
	mov	x20, x1
	bl	set_stack
	mov	x0, x20
	.irp	n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
	mov	x\n, xzr
	.endr
	eret

	/* u64 smc_call(u64 fid, u64 x1, u64 x2, u64 x3): to QEMU's PSCI */
	.global smc_call
smc_call:
	smc	#0
	ret

	.macro	vector n
	.balign	128
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp]
	stp	x29, x30, [sp, #232]
	mov	x0, #\n
	b	save_and_handle
	.endm

	.text
	.balign	2048
	.global vectors
vectors:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	vector	\n
	.endr

save_and_handle:
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	str	x28, [sp, #224]
	mov	x1, sp
	bl	exception
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldr	x28, [sp, #224]
	ldp	x29, x30, [sp, #232]
	ldp	x0, x1, [sp]
	add	sp, sp, #FRAME_SIZE
	eret

	.bss
	.balign	16
stacks:
	.skip	STACK_SIZE * MAX_CPUS
