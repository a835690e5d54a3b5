// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration space of test managed software PCI functions
 *
 * A function is three images of equal layout: the current values, the values
 * after a reset, and the mask of writable bits. This models registers, not
 * devices: what a register does is up to the callbacks of the test. The
 * exceptions are Function Level Reset, and VF Enable of a PF.
 */

#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/log2.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <kunit/pci.h>

#include "pci-impl.h"

#define KUNIT_PCI_EXP_SIZE	0x3c

struct kunit_pci_func {
	struct kunit_pci_host *host;
	unsigned int devfn;
	u16 exp_cap;
	u16 sriov_cap;
	struct kunit_pci_func *pf;
	const struct kunit_pci_func_ops *ops;
	void *priv;
	/* Protects what follows; config accesses come with interrupts off */
	raw_spinlock_t lock;
	bool present;
	/* How often a PF disabled its VFs, and how often a VF saw that */
	unsigned int vfs_gone;
	u8 config[PCI_CFG_SPACE_EXP_SIZE];
	u8 reset[PCI_CFG_SPACE_EXP_SIZE];
	u8 wmask[PCI_CFG_SPACE_EXP_SIZE];
};

static u32 kunit_pci_get(const u8 *image, int where, int size)
{
	u32 val = 0;

	for (int i = 0; i < size; i++)
		val |= (u32)image[where + i] << (8 * i);

	return val;
}

static void kunit_pci_set(u8 *image, int where, int size, u32 val)
{
	for (int i = 0; i < size; i++)
		image[where + i] = val >> (8 * i);
}

/* Define a register that reads @val after reset and takes writes to @wmask */
static void kunit_pci_reg(struct kunit_pci_func *func, int where, int size,
			  u32 val, u32 wmask)
{
	kunit_pci_set(func->reset, where, size, val);
	kunit_pci_set(func->wmask, where, size, wmask);
}

static bool kunit_pci_in_range(int where, int size)
{
	return where >= 0 && size >= 1 && size <= 4 &&
	       where <= PCI_CFG_SPACE_EXP_SIZE - size;
}

static int kunit_pci_add_bars(struct kunit_pci_func *func,
			      const struct kunit_pci_func_desc *desc)
{
	for (int i = 0; i < PCI_STD_NUM_BARS; i++) {
		const struct kunit_pci_bar *bar = &desc->bars[i];
		bool is_64 = bar->flags & PCI_BASE_ADDRESS_MEM_TYPE_64;
		int where = PCI_BASE_ADDRESS_0 + 4 * i;
		u64 wmask = ~(bar->size - 1);

		if (!bar->size)
			continue;
		if (!is_power_of_2(bar->size) || bar->size < 16 ||
		    bar->flags & ~(u32)(PCI_BASE_ADDRESS_MEM_TYPE_64 |
					PCI_BASE_ADDRESS_MEM_PREFETCH))
			return -EINVAL;
		if (!is_64 && bar->size > SZ_2G)
			return -EINVAL;
		if (is_64 && (i + 1 == PCI_STD_NUM_BARS || desc->bars[i + 1].size))
			return -EINVAL;

		kunit_pci_reg(func, where, 4, bar->flags, lower_32_bits(wmask));
		if (is_64)
			kunit_pci_reg(func, where + 4, 4, 0, upper_32_bits(wmask));
	}

	return 0;
}

/* Where the next capability of a list goes, and what points to it */
struct kunit_pci_cap_pos {
	int next;
	int link;
	int end;
};

/* Return: position of the capability, or a negative errno */
static int kunit_pci_add_cap(struct kunit_pci_func *func,
			     struct kunit_pci_cap_pos *pos, u8 id, int size)
{
	int cap = pos->next;

	if (size > pos->end - cap)
		return -ENOSPC;

	kunit_pci_reg(func, pos->link, 1, cap, 0);
	kunit_pci_reg(func, cap + PCI_CAP_LIST_ID, 1, id, 0);
	pos->link = cap + PCI_CAP_LIST_NEXT;
	pos->next = ALIGN(cap + size, 4);

	return cap;
}

/* Return: position of the capability, or a negative errno */
static int kunit_pci_add_ext_cap(struct kunit_pci_func *func,
				 struct kunit_pci_cap_pos *pos, u16 id,
				 u8 version, int size)
{
	int cap = pos->next;

	if (size > pos->end - cap)
		return -ENOSPC;

	if (pos->link) {
		u32 header = kunit_pci_get(func->reset, pos->link, 4);

		kunit_pci_reg(func, pos->link, 4, header | cap << 20, 0);
	}
	kunit_pci_reg(func, cap, 4, id | (version & 0xf) << 16, 0);
	pos->link = cap;
	pos->next = ALIGN(cap + size, 4);

	return cap;
}

static int kunit_pci_add_exp(struct kunit_pci_func *func,
			     struct kunit_pci_cap_pos *pos,
			     const struct kunit_pci_func_desc *desc)
{
	u16 devctl = U16_MAX;
	int cap;

	cap = kunit_pci_add_cap(func, pos, PCI_CAP_ID_EXP, KUNIT_PCI_EXP_SIZE);
	if (cap < 0)
		return cap;

	if (!(desc->devcap & PCI_EXP_DEVCAP_FLR))
		devctl &= ~PCI_EXP_DEVCTL_BCR_FLR;

	kunit_pci_reg(func, cap + PCI_EXP_FLAGS, 2,
		      2 | FIELD_PREP(PCI_EXP_FLAGS_TYPE, desc->exp_type), 0);
	kunit_pci_reg(func, cap + PCI_EXP_DEVCAP, 4, desc->devcap, 0);
	kunit_pci_reg(func, cap + PCI_EXP_DEVCTL, 2, 0, devctl);
	kunit_pci_reg(func, cap + PCI_EXP_LNKCTL, 2, 0, U16_MAX);
	kunit_pci_reg(func, cap + PCI_EXP_DEVCTL2, 2, 0, U16_MAX);
	func->exp_cap = cap;

	return 0;
}

static int kunit_pci_add_msix(struct kunit_pci_func *func,
			      struct kunit_pci_cap_pos *pos,
			      const struct kunit_pci_msix *msix)
{
	int cap;

	if (msix->vectors > PCI_MSIX_FLAGS_QSIZE + 1 ||
	    msix->table_bir >= PCI_STD_NUM_BARS ||
	    msix->pba_bir >= PCI_STD_NUM_BARS ||
	    !IS_ALIGNED(msix->table_offset, 8) || !IS_ALIGNED(msix->pba_offset, 8))
		return -EINVAL;

	cap = kunit_pci_add_cap(func, pos, PCI_CAP_ID_MSIX, PCI_CAP_MSIX_SIZEOF);
	if (cap < 0)
		return cap;

	kunit_pci_reg(func, cap + PCI_MSIX_FLAGS, 2, msix->vectors - 1,
		      PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	kunit_pci_reg(func, cap + PCI_MSIX_TABLE, 4,
		      msix->table_offset | msix->table_bir, 0);
	kunit_pci_reg(func, cap + PCI_MSIX_PBA, 4,
		      msix->pba_offset | msix->pba_bir, 0);

	return 0;
}

static int kunit_pci_add_caps(struct kunit_pci_func *func,
			      const struct kunit_pci_func_desc *desc)
{
	struct kunit_pci_cap_pos std = {
		.next = PCI_STD_HEADER_SIZEOF,
		.link = PCI_CAPABILITY_LIST,
		.end = PCI_CFG_SPACE_SIZE,
	};
	struct kunit_pci_cap_pos ext = {
		.next = PCI_CFG_SPACE_SIZE,
		.end = PCI_CFG_SPACE_EXP_SIZE,
	};
	int ret;

	if (!desc->no_pcie) {
		ret = kunit_pci_add_exp(func, &std, desc);
		if (ret)
			return ret;
	}

	if (desc->msix.vectors) {
		ret = kunit_pci_add_msix(func, &std, &desc->msix);
		if (ret)
			return ret;
	}

	for (int i = 0; i < desc->num_caps; i++) {
		const struct kunit_pci_cap *cap = &desc->caps[i];
		int header = cap->ext ? 4 : 2;

		if (cap->ext && desc->no_pcie)
			return -EINVAL;
		if (cap->ext)
			ret = kunit_pci_add_ext_cap(func, &ext, cap->id,
						    cap->version,
						    cap->size + header);
		else
			ret = kunit_pci_add_cap(func, &std, cap->id,
						cap->size + header);
		if (ret < 0)
			return ret;

		if (cap->ext && cap->id == PCI_EXT_CAP_ID_SRIOV)
			func->sriov_cap = ret;
		memcpy(&func->reset[ret + header], cap->data, cap->size);
		if (cap->wmask)
			memcpy(&func->wmask[ret + header], cap->wmask, cap->size);
	}

	if (std.next != PCI_STD_HEADER_SIZEOF)
		kunit_pci_reg(func, PCI_STATUS, 2, PCI_STATUS_CAP_LIST, 0);

	return 0;
}

/* A VF has neither IDs nor BARs of its own, nor a bit that enables them */
static int kunit_pci_add_vf(struct kunit_pci_func *func,
			    const struct kunit_pci_func_desc *desc)
{
	for (int i = 0; i < PCI_STD_NUM_BARS; i++) {
		if (desc->bars[i].size)
			return -EINVAL;
	}
	if (!desc->pf->sriov_cap || desc->pf->host != func->host)
		return -EINVAL;

	func->pf = desc->pf;
	kunit_pci_reg(func, PCI_VENDOR_ID, 2, U16_MAX, 0);
	kunit_pci_reg(func, PCI_DEVICE_ID, 2, U16_MAX, 0);
	kunit_pci_reg(func, PCI_COMMAND, 2, 0, PCI_COMMAND_MASTER);

	return 0;
}

static void kunit_pci_add_header(struct kunit_pci_func *func,
				 const struct kunit_pci_func_desc *desc)
{
	kunit_pci_reg(func, PCI_VENDOR_ID, 2, desc->vendor, 0);
	kunit_pci_reg(func, PCI_DEVICE_ID, 2, desc->device, 0);
	kunit_pci_reg(func, PCI_COMMAND, 2, 0,
		      PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
		      PCI_COMMAND_PARITY | PCI_COMMAND_SERR |
		      PCI_COMMAND_INTX_DISABLE);
	kunit_pci_reg(func, PCI_CLASS_REVISION, 4,
		      desc->class << 8 | desc->revision, 0);
	kunit_pci_reg(func, PCI_CACHE_LINE_SIZE, 1, 0, U8_MAX);
	kunit_pci_reg(func, PCI_SUBSYSTEM_VENDOR_ID, 2, desc->subsystem_vendor, 0);
	kunit_pci_reg(func, PCI_SUBSYSTEM_ID, 2, desc->subsystem_device, 0);
	kunit_pci_reg(func, PCI_INTERRUPT_LINE, 1, 0, U8_MAX);
}

/**
 * kunit_pci_func_alloc() - Make a function from its description
 * @host: host bridge it is meant for
 * @desc: description
 *
 * Context: may sleep.
 * Return: the function, freed with kfree(), or an ERR_PTR() as by
 * kunit_pci_func_add().
 */
struct kunit_pci_func *kunit_pci_func_alloc(struct kunit_pci_host *host,
					    const struct kunit_pci_func_desc *desc)
{
	struct kunit_pci_func *func __free(kfree) = kzalloc_obj(*func);
	int ret;

	if (!func)
		return ERR_PTR(-ENOMEM);

	raw_spin_lock_init(&func->lock);
	func->host = host;
	func->devfn = desc->devfn;
	func->ops = desc->ops;
	func->priv = desc->priv;
	func->present = true;

	kunit_pci_add_header(func, desc);
	if (desc->pf)
		ret = kunit_pci_add_vf(func, desc);
	else
		ret = kunit_pci_add_bars(func, desc);
	if (ret)
		return ERR_PTR(ret);
	ret = kunit_pci_add_caps(func, desc);
	if (ret)
		return ERR_PTR(ret);
	memcpy(func->config, func->reset, sizeof(func->config));

	return_ptr(func);
}

/**
 * kunit_pci_func_host() - The host bridge of a function
 * @func: function
 *
 * Context: any.
 * Return: the host bridge.
 */
struct kunit_pci_host *kunit_pci_func_host(const struct kunit_pci_func *func)
{
	return func->host;
}

/**
 * kunit_pci_func_devfn() - The device and function number of a function
 * @func: function
 *
 * Context: any.
 * Return: the number, as made by PCI_DEVFN().
 */
unsigned int kunit_pci_func_devfn(const struct kunit_pci_func *func)
{
	return func->devfn;
}

/**
 * kunit_pci_func_set_multifunction() - Mark a function of a larger device
 * @func: function
 *
 * Context: any.
 */
void kunit_pci_func_set_multifunction(struct kunit_pci_func *func)
{
	guard(raw_spinlock_irqsave)(&func->lock);

	func->config[PCI_HEADER_TYPE] |= PCI_HEADER_TYPE_MFD;
	func->reset[PCI_HEADER_TYPE] |= PCI_HEADER_TYPE_MFD;
}

/* The lock of @func is held */
static bool kunit_pci_vfs_enabled(struct kunit_pci_func *func)
{
	int ctrl = func->sriov_cap + PCI_SRIOV_CTRL;

	return func->present && func->sriov_cap &&
	       kunit_pci_get(func->config, ctrl, 2) & PCI_SRIOV_CTRL_VFE;
}

/* Is there such a VF now? One that was away has its reset values. */
static bool kunit_pci_vf_present(struct kunit_pci_func *func)
{
	unsigned int gone;
	bool enabled;

	scoped_guard(raw_spinlock_irqsave, &func->pf->lock) {
		enabled = kunit_pci_vfs_enabled(func->pf);
		gone = func->pf->vfs_gone;
	}

	guard(raw_spinlock_irqsave)(&func->lock);

	if (func->vfs_gone != gone) {
		memcpy(func->config, func->reset, sizeof(func->config));
		func->vfs_gone = gone;
	}

	return enabled;
}

static bool kunit_pci_answers(struct kunit_pci_func *func)
{
	return READ_ONCE(func->present) && (!func->pf || kunit_pci_vf_present(func));
}

static bool kunit_pci_fetch(struct kunit_pci_func *func, int where, int size,
			    u32 *val)
{
	if (!kunit_pci_answers(func))
		return false;

	guard(raw_spinlock_irqsave)(&func->lock);

	if (!func->present)
		return false;
	*val = kunit_pci_get(func->config, where, size);

	return true;
}

/**
 * kunit_pci_func_read() - Read config space as the PCI core does
 * @func: function, NULL for one that does not exist
 * @where: offset in config space
 * @size: 1, 2 or 4
 * @val: value read; all-ones if there is nothing that answers
 *
 * Context: any.
 */
void kunit_pci_func_read(struct kunit_pci_func *func, int where, int size, u32 *val)
{
	if (!func || !kunit_pci_in_range(where, size) ||
	    !kunit_pci_fetch(func, where, size, val)) {
		PCI_SET_ERROR_RESPONSE(val);
		return;
	}

	/* Not under the lock: the callback may look at other registers */
	if (func->ops && func->ops->config_read)
		func->ops->config_read(func, where, size, val);
}

/* Return: true if the write started a Function Level Reset */
static bool kunit_pci_apply(struct kunit_pci_func *func, int where, int size, u32 val)
{
	int devctl = func->exp_cap + PCI_EXP_DEVCTL;
	bool flr = false, vfs;

	guard(raw_spinlock_irqsave)(&func->lock);

	if (!func->present)
		return false;
	vfs = kunit_pci_vfs_enabled(func);

	for (int i = 0; i < size; i++) {
		u8 *reg = &func->config[where + i];
		u8 wmask = func->wmask[where + i];

		*reg = (*reg & ~wmask) | ((val >> (8 * i)) & wmask);
	}

	if (func->exp_cap &&
	    kunit_pci_get(func->config, devctl, 2) & PCI_EXP_DEVCTL_BCR_FLR) {
		memcpy(func->config, func->reset, sizeof(func->config));
		flr = true;
	}
	if (vfs && !kunit_pci_vfs_enabled(func))
		func->vfs_gone++;

	return flr;
}

/**
 * kunit_pci_func_write() - Write config space as the PCI core does
 * @func: function, NULL for one that does not exist
 * @where: offset in config space
 * @size: 1, 2 or 4
 * @val: value to write; lost if there is nothing that takes it
 *
 * Context: any.
 */
void kunit_pci_func_write(struct kunit_pci_func *func, int where, int size, u32 val)
{
	if (!func || !kunit_pci_in_range(where, size) || !kunit_pci_answers(func))
		return;

	if (func->ops && func->ops->config_write &&
	    !func->ops->config_write(func, where, size, val))
		return;

	if (kunit_pci_apply(func, where, size, val) && func->ops && func->ops->flr)
		func->ops->flr(func);
}

/**
 * kunit_pci_func_priv() - Private data of a function
 * @func: function
 *
 * Context: any.
 * Return: what the description of @func had in its priv member.
 */
void *kunit_pci_func_priv(struct kunit_pci_func *func)
{
	return func->priv;
}
EXPORT_SYMBOL_GPL(kunit_pci_func_priv);

/**
 * kunit_pci_func_config_get() - Read a register from the device's side
 * @func: function
 * @where: offset in config space
 * @size: 1, 2 or 4
 *
 * Unlike a read by the PCI core, this works on a function that is not present
 * and calls no callback.
 *
 * Context: any.
 * Return: the current value of the register.
 */
u32 kunit_pci_func_config_get(struct kunit_pci_func *func, int where, int size)
{
	if (WARN_ON_ONCE(!kunit_pci_in_range(where, size)))
		return U32_MAX;

	guard(raw_spinlock_irqsave)(&func->lock);

	return kunit_pci_get(func->config, where, size);
}
EXPORT_SYMBOL_GPL(kunit_pci_func_config_get);

/**
 * kunit_pci_func_config_set() - Change a register from the device's side
 * @func: function
 * @where: offset in config space
 * @size: 1, 2 or 4
 * @val: value to set, read-only bits included
 *
 * Unlike a write by the PCI core, this changes bits that are read-only, works
 * on a function that is not present and calls no callback. The value lasts
 * until the next reset.
 *
 * Context: any.
 */
void kunit_pci_func_config_set(struct kunit_pci_func *func, int where, int size,
			       u32 val)
{
	if (WARN_ON_ONCE(!kunit_pci_in_range(where, size)))
		return;

	guard(raw_spinlock_irqsave)(&func->lock);

	kunit_pci_set(func->config, where, size, val);
}
EXPORT_SYMBOL_GPL(kunit_pci_func_config_set);

/**
 * kunit_pci_func_set_present() - Make a function vanish or come back
 * @func: function
 * @present: false: config reads return all-ones and writes are lost
 *
 * This is a device that was pulled out or stopped to respond. The PCI core is
 * not told: it finds out at its next access. A function that comes back has
 * its reset values.
 *
 * Context: any.
 */
void kunit_pci_func_set_present(struct kunit_pci_func *func, bool present)
{
	guard(raw_spinlock_irqsave)(&func->lock);

	if (!present && kunit_pci_vfs_enabled(func))
		func->vfs_gone++;
	if (present && !func->present)
		memcpy(func->config, func->reset, sizeof(func->config));
	WRITE_ONCE(func->present, present);
}
EXPORT_SYMBOL_GPL(kunit_pci_func_set_present);
