// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: trapped configuration space of a TDI
 *
 * Every access reaches the real function. Reads are dressed up with what QEMU's
 * functions lack (the TEE bit, the fault port); writes are checked against the
 * registers that TDISP tracks (PCIe r6.x, Table 11-2): such a write completes,
 * and takes the TDI to ERROR.
 */
#include "s2.h"
#include "vdev.h"

#define PCI_BIST_DWORD		0x0c
#define PCI_BIST_MASK		0xff000000U
#define PCI_ROM_ADDRESS		0x30
#define PCI_BRIDGE_CONTROL_DWORD	0x3c
#define PCI_BRIDGE_CONTROL_BUS_RESET	BIT(22)

#define PCI_EXP_DEVCAP		0x04
#define PCI_EXP_DEVCAP_TEE	BIT(30)
#define PCI_EXP_DEVCTL		0x08
#define PCI_EXP_DEVCTL_TRACKED	(BIT(8) | BIT(9) | BIT(11)) /* tags, No Snoop */
#define PCI_EXP_DEVCTL_FLR	BIT(15)
#define PCI_EXP_DEVCTL2		0x28
#define PCI_EXP_DEVCTL2_TRACKED	BIT(12)	/* 10-Bit Tag Requester Enable */

#define PCI_PM_CTRL		0x04
#define PCI_PM_CTRL_STATE	0x3
#define PCI_PM_CTRL_NO_RESET	BIT(3)

#define PCI_EXT_NEXT_MASK	0xfff00000U
#define PCI_DOE_LEN		0x18

/**
 * config_get - read the real function
 * @v: the TDI
 * @reg: offset of a dword
 *
 * Context: monitor lock held.
 * Return: the dword
 */
u32 config_get(const struct vdev *v, unsigned int reg)
{
	return read32(config_address(v->rid, reg));
}

/**
 * config_put - write to the real function, past all rules
 * @v: the TDI
 * @reg: offset of a dword
 * @val: the dword
 *
 * Context: monitor lock held.
 */
void config_put(const struct vdev *v, unsigned int reg, u32 val)
{
	write32(config_address(v->rid, reg), val);
}

static bool in_fault_port(const struct config *c, unsigned int reg)
{
	return c->dvsec && reg >= c->dvsec && reg < c->dvsec + FAULT_DVSEC_LEN;
}

static bool in_doe(const struct config *c, unsigned int reg)
{
	return c->doe && reg >= c->doe && reg < c->doe + PCI_DOE_LEN;
}

/* A dword as the guest shall see it */
static u32 dress(struct vdev *v, unsigned int reg, u32 val)
{
	const struct config *c = &v->config;

	if (reg == c->pcie + PCI_EXP_DEVCAP)
		return val | PCI_EXP_DEVCAP_TEE;
	/* The host has the mailbox: a Null Extended Capability is left in the list */
	if (in_doe(c, reg))
		val &= reg == c->doe ? PCI_EXT_NEXT_MASK : 0;
	if (c->dvsec && c->last_ext && reg == c->last_ext)
		return (val & ~PCI_EXT_NEXT_MASK) | c->dvsec << 20;
	if (!in_fault_port(c, reg))
		return val;

	switch (reg - c->dvsec) {
	case 0x0:
		return PCI_EXT_CAP_ID_DVSEC | 1 << 16;
	case 0x4:
		return FAULT_VENDOR_ID | FAULT_DVSEC_REV << 16 |
		       FAULT_DVSEC_LEN << 20;
	case 0x8:
		return FAULT_DVSEC_ID;
	default:
		return fault_port_read(v, reg - c->dvsec);
	}
}

static bool is_tracked_cap(const struct config *c, unsigned int reg)
{
	for (unsigned int i = 0; i < c->nr_tracked; i++) {
		if (reg >= c->tracked[i].start &&
		    reg < c->tracked[i].start + c->tracked[i].len)
			return true;
	}
	return false;
}

/*
 * What a write of @val to the bytes in @mask, which changed the register from @old
 * to @new, does to a LOCKED or RUN interface
 */
static enum tdi_reason judge(struct vdev *v, unsigned int reg, u32 old, u32 new,
			     u32 val, u32 mask)
{
	const struct config *c = &v->config;
	struct fault_rule rule;

	if (reg == PCI_COMMAND)
		return old & ~new & (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER) ?
		       REASON_COMMAND : REASON_NONE;
	if (reg == PCI_BIST_DWORD)
		return mask & PCI_BIST_MASK ? REASON_BAR : REASON_NONE;
	if ((reg >= PCI_BASE_ADDRESS(0) &&
	     reg < PCI_BASE_ADDRESS(PCI_BAR_COUNT)) || reg == PCI_ROM_ADDRESS)
		return REASON_BAR;
	if (reg == c->pcie + PCI_EXP_DEVCTL) {
		if (val & mask & PCI_EXP_DEVCTL_FLR)
			return REASON_FLR;
		return (old ^ new) & PCI_EXP_DEVCTL_TRACKED ? REASON_DEVCTL :
							      REASON_NONE;
	}
	if (reg == c->pcie + PCI_EXP_DEVCTL2)
		return (old ^ new) & PCI_EXP_DEVCTL2_TRACKED ? REASON_DEVCTL :
							       REASON_NONE;
	if (c->pm && reg == c->pm + PCI_PM_CTRL)
		return new & PCI_PM_CTRL_STATE &&
		       (!(old & PCI_PM_CTRL_NO_RESET) ||
			fault_take(v, FAULT_POWER, 0, &rule)) ?
		       REASON_POWER : REASON_NONE;
	return is_tracked_cap(c, reg) ? REASON_CAPABILITY : REASON_NONE;
}

static u32 read_sized(u64 pa, unsigned int size)
{
	switch (size) {
	case 1:
		return read8(pa);
	case 2:
		return read16(pa);
	default:
		return read32(pa);
	}
}

static void write_sized(u64 pa, unsigned int size, u32 val)
{
	switch (size) {
	case 1:
		write8(pa, val);
		break;
	case 2:
		write16(pa, val);
		break;
	default:
		write32(pa, val);
	}
}

/*
 * Ports pass everything through. What is in Secondary Bus Reset does not stay
 * LOCKED or in RUN.
 */
static void port_access(struct mmio *mmio, u16 rid, unsigned int off)
{
	u64 control = config_address(rid, PCI_BRIDGE_CONTROL_DWORD);
	u32 old = read32(control);
	struct vdev *v;

	if (!mmio->write) {
		mmio->val = read_sized(config_address(rid, off), mmio->size);
		return;
	}
	write_sized(config_address(rid, off), mmio->size, mmio->val);
	if (!(~old & read32(control) & PCI_BRIDGE_CONTROL_BUS_RESET))
		return;
	mon_log("%04x: Secondary Bus Reset", rid);
	for (unsigned int i = 0; (v = vdev_at(i)); i++) {
		if (vdev_is_behind(v, rid))
			vdev_reset(v);
	}
}

static void config_read(struct vdev *v, struct mmio *mmio, unsigned int off)
{
	unsigned int reg = off & ~3U, shift = (off & 3) * 8;
	u32 real = read_sized(config_address(v->rid, off), mmio->size);

	mmio->val = real;
	if (v->config.ready) {
		mmio->val = dress(v, reg, real << shift) >> shift;
		if (mmio->size < 4)
			mmio->val &= BIT(8 * mmio->size) - 1;
	}
}

static void config_write(struct vdev *v, struct mmio *mmio, unsigned int off)
{
	unsigned int reg = off & ~3U, shift = (off & 3) * 8;
	u32 mask = (u32)(BIT(8 * mmio->size) - 1) << shift;
	u32 val = (u32)mmio->val << shift;
	enum tdi_reason reason;
	u32 old;

	if (v->config.ready && in_fault_port(&v->config, reg)) {
		fault_port_write(v, reg - v->config.dvsec, val, mask);
		return;
	}
	if (v->config.ready && in_doe(&v->config, reg))
		return;
	old = config_get(v, reg);
	write_sized(config_address(v->rid, off), mmio->size, mmio->val);
	if (!v->config.ready)
		return;
	reason = judge(v, reg, old, config_get(v, reg), val, mask);
	if (reason != REASON_NONE)
		vdev_error(v, reason);
}

/**
 * config_access - carry out an access to a TDI's configuration space
 * @mmio: the access
 *
 * A function that is there for its mailbox only, the guest does not find.
 *
 * Context: monitor lock held.
 * Return: false if the address is not in the configuration space of a TDI, of its DSM
 * or its port
 */
bool config_access(struct mmio *mmio)
{
	u64 pa = mmio->ipa & ~S2_SHARED;
	unsigned int off = pa & (PAGE_SIZE - 1);
	bool hidden;
	struct vdev *v;
	u64 rid;

	if (!(mmio->ipa & S2_SHARED) || pa < ECAM_BASE || pa >= ECAM_END)
		return false;
	rid = (pa - ECAM_BASE) >> PAGE_SHIFT;
	for (unsigned int i = 0; (v = vdev_at(i)); i++) {
		if (v->rid == rid || v->spdm.rid == rid || vdev_is_behind(v, rid))
			break;
	}
	if (!v)
		return false;
	hidden = v->spdm.rid == rid && v->rid != rid;

	/* ECAM takes naturally aligned accesses up to a dword */
	if (hidden || mmio->size > 4 || !IS_ALIGNED(off, mmio->size)) {
		mmio->val = ~0ULL;
		return true;
	}
	if (v->rid != rid) {
		port_access(mmio, rid, off);
		return true;
	}
	if (!v->config.ready)
		config_find_capabilities(v);
	if (mmio->write)
		config_write(v, mmio, off);
	else
		config_read(v, mmio, off);
	return true;
}
