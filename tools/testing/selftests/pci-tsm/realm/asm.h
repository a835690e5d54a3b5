/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor: constants that boot.S and C share
 */
#ifndef ASM_H
#define ASM_H

#define MAX_CPUS		4
#define STACK_SIZE		16384
#define FRAME_SIZE		256	/* x0-x30, 16-byte aligned */

/* MAIR attribute 0: Device-nGnRE, 1: Normal write-back */
#define EL2_MAIR		0xff04
/* T0SZ 25 (39 bits), write-back inner shareable walks, 4 KiB, 40-bit PA, RES1 */
#define EL2_TCR			0x80823519
/* M, C, I and the RES1 bits */
#define EL2_SCTLR		0x30c51835

/* EL1h with D, A, I and F masked */
#define SPSR_EL1H_MASKED	0x3c5

#endif /* ASM_H */
