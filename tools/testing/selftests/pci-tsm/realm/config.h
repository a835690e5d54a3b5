/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor: trapped configuration space of a TDI
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "mmio.h"
#include "monitor.h"

struct vdev;

#define PCI_VENDOR_ID			0x00
#define PCI_ID_NONE			0xffffffff
#define PCI_COMMAND			0x04
#define PCI_COMMAND_IO			BIT(0)
#define PCI_COMMAND_MEMORY		BIT(1)
#define PCI_COMMAND_MASTER		BIT(2)
#define PCI_BASE_ADDRESS(n)		(0x10 + 4 * (n))
#define PCI_BAR_COUNT			6

#define PCI_EXT_CAP_ID_DVSEC		0x23
#define PCI_EXT_CAP_ID_DOE		0x2e
#define PCI_EXT_CAP_NEXT(h)		((h) >> 20 & 0xffc)

#define MAX_TRACKED			8

/**
 * struct config - where things are in a function's configuration space
 * @ready: the function was seen and the rest is valid
 * @pcie: PCI Express capability
 * @pm: Power Management capability, 0 if none
 * @msix: MSI-X capability, 0 if none
 * @last_ext: extended capability whose Next field leads to the fault port, 0 if
 *	the fault port is the first
 * @dvsec: the fault port, 0 if there was no room
 * @doe: a DOE mailbox, which the host keeps for itself, 0 if none
 * @tracked: capabilities that are not to be written while LOCKED or RUN
 * @nr_tracked: entries in @tracked
 */
struct config {
	bool ready;
	unsigned int pcie;
	unsigned int pm;
	unsigned int msix;
	unsigned int last_ext;
	unsigned int dvsec;
	unsigned int doe;
	struct {
		unsigned int start;
		unsigned int len;
	} tracked[MAX_TRACKED];
	unsigned int nr_tracked;
};

static inline u64 config_address(u16 rid, unsigned int reg)
{
	return ECAM_BASE + ((u64)rid << PAGE_SHIFT) + reg;
}

bool config_access(struct mmio *mmio);
u32 config_get(const struct vdev *v, unsigned int reg);
void config_put(const struct vdev *v, unsigned int reg, u32 val);

/* configcap.c */
unsigned int config_find_ext(u16 rid, u16 id, unsigned int after);
void config_find_capabilities(struct vdev *v);

#endif /* CONFIG_H */
