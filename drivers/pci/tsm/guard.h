/* SPDX-License-Identifier: GPL-2.0 */
/* PCI/TSM guest side: registers that must keep still while a function is locked */
#ifndef __DRIVERS_PCI_TSM_GUARD_H
#define __DRIVERS_PCI_TSM_GUARD_H

#include <linux/types.h>

struct pci_dev;

/**
 * enum pci_tsm_verdict - what becomes of a write
 * @PCI_TSM_PASS: it is carried out
 * @PCI_TSM_KEEP: so it is, but some bits keep their value
 * @PCI_TSM_REFUSE: it is not
 */
enum pci_tsm_verdict {
	PCI_TSM_PASS,
	PCI_TSM_KEEP,
	PCI_TSM_REFUSE,
};

/* Registers and capabilities that are looked after, see guard.c */
#define PCI_TSM_GUARD_REGS	20

/**
 * struct pci_tsm_guard_map - where a function has them
 * @reg: the registers
 * @reg.start: offset in configuration space
 * @reg.len: size in bytes, 0 if the function has none
 */
struct pci_tsm_guard_map {
	struct {
		u16 start;
		u16 len;
	} reg[PCI_TSM_GUARD_REGS];
};

/**
 * struct pci_tsm_write - a write to configuration space
 * @where: offset, aligned to @size
 * @size: 1, 2 or 4 bytes
 * @val: what is written
 * @now: what is at the dword that @where is in
 * @msix_locked: the MSI-X table was locked with the function
 * @may_sleep: the function may lose its state in a low-power state
 */
struct pci_tsm_write {
	u16 where;
	u8 size;
	u32 val;
	u32 now;
	bool msix_locked;
	bool may_sleep;
};

void pci_tsm_guard_find(struct pci_dev *pdev, struct pci_tsm_guard_map *map);
bool pci_tsm_guard_cares(const struct pci_tsm_guard_map *map, u16 where, u8 size);
enum pci_tsm_verdict pci_tsm_guard_judge(const struct pci_tsm_guard_map *map,
					 const struct pci_tsm_write *write,
					 u32 *val, const char **name);

#endif /* __DRIVERS_PCI_TSM_GUARD_H */
