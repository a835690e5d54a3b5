// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: which configuration registers must keep still while a function
 * is LOCKED or in RUN, as it leaves these states otherwise (PCIe r7.0, sec 11.2.6).
 *
 * What a device looks after is its own business in the end; this is the table that
 * the specification gives as an example. Nothing in here writes to a function.
 */

#include <linux/array_size.h>
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/pci.h>
#include "guard.h"

/* PCIe r6.0, sec 7.5.3.16 and 7.7.9.3; not in pci_regs.h */
#define DEVCTL2_10BIT_TAG	BIT(12)
#define DEV3_CTL_14BIT_TAG	BIT(2)

enum where {
	HEADER,		/* at an offset in the header */
	PCIE,		/* in the PCI Express capability */
	CAP,		/* in another capability */
	EXT_CAP,	/* in an extended capability */
};

enum action {
	REFUSE,		/* any write of a byte that has bits of the mask */
	REFUSE_SET,	/* a write that sets one of these bits */
	KEEP,		/* they keep their value */
	KEEP_SET,	/* they can be set, and not cleared */
	MSIX,		/* REFUSE a change, if the table was locked */
	POWER,		/* REFUSE a change of the power state that resets the function */
};

static const struct {
	const char *name;
	enum where where;
	u16 id;		/* of the capability */
	u16 offset;
	u16 len;	/* 0: of the whole capability */
	enum action action;
	u32 mask;	/* of the dword at @offset, if it is no longer than that */
} regs[] = {
	{ "Command", HEADER, 0, PCI_COMMAND, 2, KEEP_SET,
	  PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER },
	{ "BIST", HEADER, 0, PCI_BIST, 1, REFUSE, 0xff },
	{ "BAR", HEADER, 0, PCI_BASE_ADDRESS_0, 4 * PCI_STD_NUM_BARS, REFUSE },
	{ "Expansion ROM", HEADER, 0, PCI_ROM_ADDRESS, 4, REFUSE, ~0U },
	{ "Device Control", PCIE, 0, PCI_EXP_DEVCTL, 2, KEEP,
	  PCI_EXP_DEVCTL_EXT_TAG | PCI_EXP_DEVCTL_PHANTOM |
	  PCI_EXP_DEVCTL_NOSNOOP_EN },
	{ "Initiate FLR", PCIE, 0, PCI_EXP_DEVCTL, 2, REFUSE_SET,
	  PCI_EXP_DEVCTL_BCR_FLR },
	{ "Device Control 2", PCIE, 0, PCI_EXP_DEVCTL2, 2, KEEP, DEVCTL2_10BIT_TAG },
	{ "Device Control 3", EXT_CAP, PCI_EXT_CAP_ID_DEV3, PCI_DEV3_CTL, 4, KEEP,
	  DEV3_CTL_14BIT_TAG },
	{ "power state", CAP, PCI_CAP_ID_PM, PCI_PM_CTRL, 2, POWER,
	  PCI_PM_CTRL_STATE_MASK },
	{ "MSI-X", CAP, PCI_CAP_ID_MSIX, PCI_MSIX_FLAGS, 2, MSIX,
	  PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL },
	{ "Advanced Features FLR", CAP, PCI_CAP_ID_AF, PCI_AF_CTRL, 1, REFUSE_SET,
	  PCI_AF_CTRL_FLR },
	{ "Enhanced Allocation", CAP, PCI_CAP_ID_EA, 0, 0, REFUSE },
	{ "Resizable BAR", EXT_CAP, PCI_EXT_CAP_ID_REBAR, 0, 0, REFUSE },
	{ "VF Resizable BAR", EXT_CAP, PCI_EXT_CAP_ID_VF_REBAR, 0, 0, REFUSE },
	{ "ARI", EXT_CAP, PCI_EXT_CAP_ID_ARI, 0, PCI_EXT_CAP_ARI_SIZEOF, REFUSE },
	{ "PASID", EXT_CAP, PCI_EXT_CAP_ID_PASID, 0, PCI_EXT_CAP_PASID_SIZEOF, REFUSE },
	{ "Page Request", EXT_CAP, PCI_EXT_CAP_ID_PRI, 0, PCI_EXT_CAP_PRI_SIZEOF, REFUSE },
	{ "Multicast", EXT_CAP, PCI_EXT_CAP_ID_MCAST, 0,
	  PCI_EXT_CAP_MCAST_ENDPOINT_SIZEOF, REFUSE },
	{ "SR-IOV", EXT_CAP, PCI_EXT_CAP_ID_SRIOV, 0, PCI_EXT_CAP_SRIOV_SIZEOF, REFUSE },
	{ "IDE", EXT_CAP, PCI_EXT_CAP_ID_IDE, 0, 0, REFUSE },
};

static_assert(ARRAY_SIZE(regs) == PCI_TSM_GUARD_REGS);

/* Sizes that a capability tells itself are bounded by the configuration space */
static u16 ea_len(struct pci_dev *pdev, u16 pos)
{
	u16 end = pos + PCI_EA_FIRST_ENT;
	u32 entry;
	u8 nr;

	pci_read_config_byte(pdev, pos + PCI_EA_NUM_ENT, &nr);
	nr &= PCI_EA_NUM_ENT_MASK;
	while (nr-- && end < PCI_CFG_SPACE_SIZE) {
		pci_read_config_dword(pdev, end, &entry);
		end += 4 * (1 + (entry & PCI_EA_ES));
	}

	return min_t(u16, end, PCI_CFG_SPACE_SIZE) - pos;
}

static u16 rebar_len(struct pci_dev *pdev, u16 pos)
{
	u32 ctrl;

	pci_read_config_dword(pdev, pos + PCI_REBAR_CTRL, &ctrl);
	return 4 + 8 * max(FIELD_GET(PCI_REBAR_CTRL_NBAR_MASK, ctrl), 1U);
}

static u16 ide_len(struct pci_dev *pdev, u16 pos)
{
	u32 end = pos + PCI_IDE_LINK_STREAM_0;
	u32 cap, sel;

	pci_read_config_dword(pdev, pos + PCI_IDE_CAP, &cap);
	if (cap & PCI_IDE_CAP_LINK)
		end += 8 * (FIELD_GET(PCI_IDE_CAP_LINK_TC_NUM, cap) + 1);
	if (cap & PCI_IDE_CAP_SELECTIVE) {
		for (u32 nr = FIELD_GET(PCI_IDE_CAP_SEL_NUM, cap) + 1;
		     nr && end < PCI_CFG_SPACE_EXP_SIZE; nr--) {
			pci_read_config_dword(pdev, end, &sel);
			end += PCI_IDE_SEL_BLOCK_SIZE(FIELD_GET(PCI_IDE_SEL_CAP_ASSOC_NUM,
								sel));
		}
	}

	return min_t(u32, end, PCI_CFG_SPACE_EXP_SIZE) - pos;
}

static u16 cap_len(struct pci_dev *pdev, u16 id, u16 pos)
{
	switch (id) {
	case PCI_EXT_CAP_ID_REBAR:
	case PCI_EXT_CAP_ID_VF_REBAR:
		return rebar_len(pdev, pos);
	case PCI_EXT_CAP_ID_IDE:
		return ide_len(pdev, pos);
	default:
		return ea_len(pdev, pos);
	}
}

/**
 * pci_tsm_guard_find() - find the registers that a function has
 * @pdev: the function, UNLOCKED
 * @map: the result
 *
 * Context: Process context. What is read is the host's word, and bounded.
 */
void pci_tsm_guard_find(struct pci_dev *pdev, struct pci_tsm_guard_map *map)
{
	for (int i = 0; i < ARRAY_SIZE(regs); i++) {
		u16 len = regs[i].len;
		u16 pos = 0;

		switch (regs[i].where) {
		case HEADER:
			break;
		case PCIE:
			pos = pci_pcie_cap(pdev);
			break;
		case CAP:
			pos = pci_find_capability(pdev, regs[i].id);
			break;
		case EXT_CAP:
			pos = pci_find_ext_capability(pdev, regs[i].id);
			break;
		}

		map->reg[i].start = pos + regs[i].offset;
		if (regs[i].where != HEADER && !pos)
			map->reg[i].len = 0;
		else
			map->reg[i].len = len ?: cap_len(pdev, regs[i].id, pos);
	}
}

static bool touches(const struct pci_tsm_guard_map *map, int i, u16 where, u8 size)
{
	return where < map->reg[i].start + map->reg[i].len &&
	       where + size > map->reg[i].start;
}

/**
 * pci_tsm_guard_cares() - may a write be more than what just passes?
 * @map: where the registers are
 * @where: offset of the write
 * @size: its size in bytes
 *
 * Context: Any.
 * Return: false if pci_tsm_guard_judge() need not be asked.
 */
bool pci_tsm_guard_cares(const struct pci_tsm_guard_map *map, u16 where, u8 size)
{
	for (int i = 0; i < ARRAY_SIZE(regs); i++) {
		if (touches(map, i, where, size))
			return true;
	}
	return false;
}

/**
 * pci_tsm_guard_judge() - what becomes of a write to a function in LOCKED or RUN?
 * @map: where its registers are
 * @write: the write
 * @val: what is to be written in place of &pci_tsm_write.val
 * @name: the register that made the difference, unless the write just passes
 *
 * Context: Any.
 * Return: the answer. A register that is refused outweighs others in the same write.
 */
enum pci_tsm_verdict pci_tsm_guard_judge(const struct pci_tsm_guard_map *map,
					 const struct pci_tsm_write *write,
					 u32 *val, const char **name)
{
	unsigned int shift = 8 * (write->where & 3);
	u32 lanes = GENMASK(8 * write->size - 1, 0) << shift;
	enum pci_tsm_verdict verdict = PCI_TSM_PASS;
	u32 new = write->val << shift & lanes;

	for (int i = 0; i < ARRAY_SIZE(regs); i++) {
		u32 mask = regs[i].mask << 8 * (map->reg[i].start & 3) & lanes;
		u32 changed = (new ^ write->now) & mask;
		bool refuse = false;

		if (!touches(map, i, write->where, write->size))
			continue;

		switch (regs[i].action) {
		case REFUSE:
			refuse = true;
			break;
		case REFUSE_SET:
			refuse = new & mask;
			break;
		case MSIX:
			refuse = write->msix_locked && changed;
			break;
		case POWER:
			refuse = new & mask && changed && !write->may_sleep &&
				 !(write->now & PCI_PM_CTRL_NO_SOFT_RESET);
			break;
		case KEEP_SET:
			changed &= ~new;
			fallthrough;
		case KEEP:
			if (!changed)
				break;
			new ^= changed;
			verdict = PCI_TSM_KEEP;
			*name = regs[i].name;
			break;
		}

		if (refuse) {
			*name = regs[i].name;
			return PCI_TSM_REFUSE;
		}
	}

	*val = new >> shift;
	return verdict;
}
