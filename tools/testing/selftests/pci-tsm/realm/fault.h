/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor: the fault port. README.md describes it for its users.
 */
#ifndef FAULT_H
#define FAULT_H

#include "monitor.h"

struct vdev;

/* PCI Express Designated Vendor-Specific Extended Capability */
#define FAULT_VENDOR_ID		0x7e57	/* nobody's: for this test bed only */
#define FAULT_DVSEC_ID		0x0001
#define FAULT_DVSEC_REV		1

#define FAULT_REG_COMMAND	0x0c
#define FAULT_REG_CLASS		0x10
#define FAULT_REG_NTH		0x14
#define FAULT_REG_COUNT		0x18
#define FAULT_REG_VALUE		0x1c
#define FAULT_REG_VALUE2	0x20
#define FAULT_REG_STATUS	0x24
#define FAULT_REG_DEV_PAGES	0x28
#define FAULT_REG_SMMU_FAULTS	0x2c
#define FAULT_REG_REJECTED	0x30
#define FAULT_REG_LOCKS		0x34
#define FAULT_DVSEC_LEN		0x38

/* Calls that FAULT_FAIL and FAULT_RELOCK_AT can name */
enum fault_class {
	CLASS_NONE = 0,
	CLASS_IPA_STATE_SET = 1,
	CLASS_HOST_CALL = 2,
	CLASS_GET_INFO = 3,
	CLASS_VALIDATE_MAPPING = 4,
	CLASS_DMA_ENABLE = 5,
	CLASS_DMA_DISABLE = 6,
	CLASS_FEATURES = 7,
	CLASS_RHI_VERSION = 16,
	CLASS_RHI_FEATURES = 17,
	CLASS_RHI_OBJECT_SIZE = 18,
	CLASS_RHI_OBJECT_READ = 19,
	CLASS_RHI_CONTINUE = 20,
	CLASS_RHI_GET_MEASUREMENTS = 21,
	CLASS_RHI_GET_REPORT = 22,
	CLASS_RHI_SET_UNLOCKED = 23,
	CLASS_RHI_SET_LOCKED = 24,
	CLASS_RHI_SET_RUN = 25,
	CLASS_RHI_ABORT = 26,
};

enum fault_command {
	FAULT_CLEAR = 0x01,
	/* Happen at the NTH next call and COUNT - 1 more */
	FAULT_FAIL = 0x10,
	FAULT_REJECT = 0x11,
	FAULT_NEXT = 0x12,
	FAULT_INFO = 0x13,
	FAULT_SIZE = 0x14,
	FAULT_BYTES = 0x15,
	FAULT_HOST_FLIP = 0x16,
	FAULT_DEVICE_FLIP = 0x17,
	FAULT_STALE = 0x18,
	FAULT_FOREIGN = 0x19,
	FAULT_GROW = 0x1a,
	FAULT_NONCE = 0x1b,
	FAULT_RELOCK_AT = 0x1c,
	FAULT_POWER = 0x1d,
	/* Happen at once */
	FAULT_ERROR = 0x20,
	FAULT_UNLOCK = 0x21,
	FAULT_RELOCK = 0x22,
	FAULT_DSM = 0x23,
};

#define FAULT_ANY_OBJECT	0xff

#define FAULT_ENDLESS		0xffffffff
#define MAX_FAULT_RULES		8

/**
 * struct fault_rule - something that shall go wrong
 * @kind: FAULT_FAIL to FAULT_POWER; 0 for a free slot
 * @class: the call or the evidence object
 * @nth: happens at this next call, counting from 1
 * @count: and lasts that many calls
 * @value: argument
 * @value2: second argument
 */
struct fault_rule {
	u32 kind;
	u32 class;
	u32 nth;
	u32 count;
	u32 value;
	u32 value2;
};

/**
 * struct fault_port - the registers of one function and the armed rules
 * @result: of the last command, FAULT_RESULT_*
 * @arg: registers CLASS to VALUE2, collected for the next command
 * @rule: armed rules
 */
struct fault_port {
	u32 result;
	struct fault_rule arg;
	struct fault_rule rule[MAX_FAULT_RULES];
};

#define FAULT_RESULT_OK		0
#define FAULT_RESULT_UNKNOWN	1	/* no such command */
#define FAULT_RESULT_FULL	2	/* MAX_FAULT_RULES are armed */
#define FAULT_RESULT_REFUSED	3	/* the device cannot do that now */

u32 fault_port_read(struct vdev *v, unsigned int reg);
void fault_port_write(struct vdev *v, unsigned int reg, u32 val, u32 mask);
bool fault_take(struct vdev *v, u32 kind, u32 class, struct fault_rule *taken);
void fault_relock(struct vdev *v, enum fault_class class);
bool fault_fails(struct vdev *v, enum fault_class class, u64 *status);

#endif /* FAULT_H */
