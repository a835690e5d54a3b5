// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: the fault port, by which a test in the guest plays host and device
 *
 * A DVSEC in the TDI's configuration space. README.md is its manual.
 */
#include "smmu.h"
#include "vdev.h"

#define STATUS_DMA		BIT(8)
#define STATUS_REASON_SHIFT	16

static u32 *arg_register(struct fault_port *port, unsigned int reg)
{
	switch (reg) {
	case FAULT_REG_CLASS:
		return &port->arg.class;
	case FAULT_REG_NTH:
		return &port->arg.nth;
	case FAULT_REG_COUNT:
		return &port->arg.count;
	case FAULT_REG_VALUE:
		return &port->arg.value;
	case FAULT_REG_VALUE2:
		return &port->arg.value2;
	default:
		return NULL;
	}
}

/**
 * fault_port_read - read a register of the fault port
 * @v: whose port
 * @reg: offset in the DVSEC
 *
 * Context: monitor lock held.
 * Return: the dword
 */
u32 fault_port_read(struct vdev *v, unsigned int reg)
{
	const u32 *arg = arg_register(&v->port, reg);

	if (arg)
		return *arg;
	switch (reg) {
	case FAULT_REG_COMMAND:
		return v->port.result;
	case FAULT_REG_STATUS:
		return v->state | (v->dma ? STATUS_DMA : 0) |
		       (u32)v->reason << STATUS_REASON_SHIFT;
	case FAULT_REG_DEV_PAGES:
		return vdev_dev_pages(v);
	case FAULT_REG_SMMU_FAULTS:
		smmu_poll();
		return smmu_fault_count(v->rid);
	case FAULT_REG_REJECTED:
		return v->rejected;
	case FAULT_REG_LOCKS:
		return v->locks;
	default:
		return 0;
	}
}

static u32 arm(struct fault_port *port, u32 kind)
{
	for (unsigned int i = 0; i < MAX_FAULT_RULES; i++) {
		struct fault_rule *rule = &port->rule[i];

		if (rule->kind)
			continue;
		*rule = port->arg;
		rule->kind = kind;
		if (!rule->nth)
			rule->nth = 1;
		if (!rule->count)
			rule->count = 1;
		return FAULT_RESULT_OK;
	}
	return FAULT_RESULT_FULL;
}

static bool is_call(u32 class)
{
	return (class > CLASS_NONE && class <= CLASS_FEATURES) ||
	       (class >= CLASS_RHI_VERSION && class <= CLASS_RHI_ABORT);
}

static bool is_object(u32 class)
{
	return class < OBJECT_COUNT || class == FAULT_ANY_OBJECT;
}

/* As a host that wants to hide it: what had been collected is there again */
static u32 relock(struct vdev *v, bool run)
{
	bool report = evidence_has(v, OBJECT_REPORT);
	bool measurements = evidence_has(v, OBJECT_MEAS);

	vdev_unlock_behind(v);
	if (vdev_do(v, OP_LOCK) != VDEV_OK)
		return FAULT_RESULT_REFUSED;
	if (report && vdev_do(v, OP_REPORT) != VDEV_OK)
		return FAULT_RESULT_REFUSED;
	if (measurements && vdev_do(v, OP_MEASUREMENTS) != VDEV_OK)
		return FAULT_RESULT_REFUSED;
	if (run && vdev_do(v, OP_START) != VDEV_OK)
		return FAULT_RESULT_REFUSED;
	return FAULT_RESULT_OK;
}

static u32 command(struct vdev *v, u32 cmd)
{
	struct fault_port *port = &v->port;

	switch (cmd) {
	case FAULT_CLEAR:
		memset(port, 0, sizeof(*port));
		evidence_honest(v);
		return FAULT_RESULT_OK;
	case FAULT_FAIL:
	case FAULT_RELOCK_AT:
		return is_call(port->arg.class) ? arm(port, cmd) :
						  FAULT_RESULT_UNKNOWN;
	case FAULT_FOREIGN:
		if (!vdev_at(port->arg.value))
			return FAULT_RESULT_REFUSED;
		fallthrough;
	case FAULT_SIZE:
	case FAULT_BYTES:
	case FAULT_HOST_FLIP:
	case FAULT_DEVICE_FLIP:
	case FAULT_STALE:
	case FAULT_GROW:
		return is_object(port->arg.class) ? arm(port, cmd) :
						    FAULT_RESULT_UNKNOWN;
	case FAULT_REJECT:
	case FAULT_NEXT:
	case FAULT_INFO:
	case FAULT_NONCE:
	case FAULT_POWER:
		return arm(port, cmd);
	case FAULT_ERROR:
		if (v->state != TDI_LOCKED && v->state != TDI_RUN)
			return FAULT_RESULT_REFUSED;
		vdev_error(v, REASON_FAULT_PORT);
		return FAULT_RESULT_OK;
	case FAULT_UNLOCK:
		vdev_unlock_behind(v);
		return FAULT_RESULT_OK;
	case FAULT_RELOCK:
		return relock(v, port->arg.value);
	case FAULT_DSM:
		return spdm_control(&v->spdm, port->arg.value) ?
		       FAULT_RESULT_OK : FAULT_RESULT_REFUSED;
	default:
		return FAULT_RESULT_UNKNOWN;
	}
}

/**
 * fault_port_write - write a register of the fault port
 * @v: whose port
 * @reg: offset in the DVSEC
 * @val: the dword
 * @mask: bits of the bytes that are written
 *
 * Context: monitor lock held.
 */
void fault_port_write(struct vdev *v, unsigned int reg, u32 val, u32 mask)
{
	u32 *arg = arg_register(&v->port, reg);

	if (arg) {
		*arg = (*arg & ~mask) | (val & mask);
	} else if (reg == FAULT_REG_COMMAND && mask & 0xff) {
		u32 result = command(v, val & mask);

		v->port.result = result;
		mon_log("%04x: fault command 0x%x: result %u", v->rid,
			val & mask, result);
	}
}

static bool matches(const struct fault_rule *rule, u32 kind, u32 class)
{
	if (rule->kind != kind)
		return false;
	switch (kind) {
	case FAULT_REJECT:
	case FAULT_NEXT:
	case FAULT_INFO:
	case FAULT_NONCE:
	case FAULT_POWER:
		return true;
	default:
		return rule->class == class || rule->class == FAULT_ANY_OBJECT;
	}
}

/**
 * fault_take - shall this call go wrong in the given way?
 * @v: the TDI
 * @kind: FAULT_FAIL to FAULT_POWER
 * @class: the call, or the evidence object that it is about
 * @taken: the rule, if so
 *
 * The call counts against all matching rules; the first that is due is taken.
 *
 * Context: monitor lock held; once per call, as rules count calls.
 * Return: true if so
 */
bool fault_take(struct vdev *v, u32 kind, u32 class, struct fault_rule *taken)
{
	bool found = false;

	for (unsigned int i = 0; i < MAX_FAULT_RULES; i++) {
		struct fault_rule *rule = &v->port.rule[i];

		if (!matches(rule, kind, class))
			continue;
		if (rule->nth > 1) {
			rule->nth--;
			continue;
		}
		if (found)
			continue;
		found = true;
		*taken = *rule;
		if (rule->count != FAULT_ENDLESS && !--rule->count)
			rule->kind = 0;
	}
	if (found)
		mon_log("%04x: fault 0x%x class %u value 0x%x", v->rid, kind,
			class, taken->value);
	return found;
}

/**
 * fault_relock - shall the host relock the TDI before this call is carried out?
 * @v: the TDI, or NULL for a call that names none: any port may ask for it
 * @class: the call
 *
 * If so, it is done.
 *
 * Context: monitor lock held; once per call, as rules count calls.
 */
void fault_relock(struct vdev *v, enum fault_class class)
{
	struct fault_rule rule;

	if (v && fault_take(v, FAULT_RELOCK_AT, class, &rule))
		relock(v, rule.value);
	for (unsigned int i = 0; !v && vdev_at(i); i++) {
		if (fault_take(vdev_at(i), FAULT_RELOCK_AT, class, &rule))
			relock(vdev_at(i), rule.value);
	}
}

/**
 * fault_fails - shall this call fail instead of being carried out?
 * @v: the TDI, or NULL for a call that names none: any port may ask for it
 * @class: the call
 * @status: what to answer, if so
 *
 * Context: monitor lock held; once per call, as rules count calls.
 * Return: true if so
 */
bool fault_fails(struct vdev *v, enum fault_class class, u64 *status)
{
	struct fault_rule rule;
	bool fails = false;

	for (unsigned int i = 0; !v && !fails && vdev_at(i); i++)
		fails = fault_take(vdev_at(i), FAULT_FAIL, class, &rule);
	if (v)
		fails = fault_take(v, FAULT_FAIL, class, &rule);
	if (fails)
		*status = (s64)(int32_t)rule.value;
	return fails;
}
