// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: capabilities of a TDI, and a place for the fault port
 */
#include "vdev.h"

#define PCI_STATUS_CAP_LIST		BIT(20)	/* in the Command dword */
#define PCI_CAPABILITY_LIST		0x34
#define PCI_CAP_ID_PM			0x01
#define PCI_CAP_ID_EXP			0x10
#define PCI_CAP_ID_MSIX			0x11
#define PCI_CAP_MAX			48	/* (256 - 64) / 4 */

#define PCI_EXT_CAP_START		0x100
#define PCI_EXT_CAP_MAX			96	/* more than devices have */
#define PCI_EXT_CAP_ID(h)		((h) & 0xffff)

/* The fault port goes to the first of these steps that reads as zeroes */
#define PORT_TOP			0xf00
#define PORT_STEP			0x40

/* Extended capabilities that TDISP tracks (PCIe r6.x, Table 11-2) */
static const struct {
	u16 id;
	u16 len;
} tracked_ext[] = {
	{ 0x0e, 0x08 },		/* ARI */
	{ 0x10, 0x40 },		/* SR-IOV */
	{ 0x12, 0x30 },		/* Multicast */
	{ 0x13, 0x10 },		/* Page Request */
	{ 0x15, 0x34 },		/* Resizable BAR */
	{ 0x1b, 0x08 },		/* PASID */
	{ 0x24, 0x34 },		/* VF Resizable BAR */
};

static void find_caps(struct vdev *v)
{
	struct config *c = &v->config;
	unsigned int pos;

	if (!(config_get(v, PCI_COMMAND) & PCI_STATUS_CAP_LIST))
		return;
	pos = config_get(v, PCI_CAPABILITY_LIST) & 0xfc;
	for (unsigned int i = 0; pos >= 0x40 && i < PCI_CAP_MAX; i++) {
		u32 header = config_get(v, pos);

		switch (header & 0xff) {
		case PCI_CAP_ID_PM:
			c->pm = pos;
			break;
		case PCI_CAP_ID_EXP:
			c->pcie = pos;
			break;
		case PCI_CAP_ID_MSIX:
			c->msix = pos;
			break;
		}
		pos = header >> 8 & 0xfc;
	}
}

static void track(struct config *c, u16 pos, u32 header)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(tracked_ext); i++) {
		if (tracked_ext[i].id != PCI_EXT_CAP_ID(header) ||
		    c->nr_tracked == MAX_TRACKED)
			continue;
		c->tracked[c->nr_tracked].start = pos;
		c->tracked[c->nr_tracked].len = tracked_ext[i].len;
		c->nr_tracked++;
	}
}

static bool is_free(const struct vdev *v, unsigned int pos)
{
	for (unsigned int i = 0; i < FAULT_DVSEC_LEN; i += 4) {
		if (config_get(v, pos + i))
			return false;
	}
	return true;
}

static void find_ext_caps(struct vdev *v)
{
	struct config *c = &v->config;
	unsigned int pos = PCI_EXT_CAP_START, highest = pos;

	if (is_free(v, pos)) {
		c->dvsec = pos;
		return;
	}
	for (unsigned int i = 0; i < PCI_EXT_CAP_MAX; i++) {
		u32 header = config_get(v, pos);

		track(c, pos, header);
		c->last_ext = pos;
		highest = pos > highest ? pos : highest;
		pos = PCI_EXT_CAP_NEXT(header);
		if (pos < PCI_EXT_CAP_START)
			break;
	}
	for (pos = PORT_TOP; pos > highest; pos -= PORT_STEP) {
		if (is_free(v, pos)) {
			c->dvsec = pos;
			return;
		}
	}
}

/**
 * config_find_ext - find an extended capability
 * @rid: the function
 * @id: the capability's ID
 * @after: where the last one was found, 0 for the first
 *
 * Context: monitor lock held.
 * Return: its position, 0 if there is none
 */
unsigned int config_find_ext(u16 rid, u16 id, unsigned int after)
{
	unsigned int pos = PCI_EXT_CAP_START;

	if (after)
		pos = PCI_EXT_CAP_NEXT(read32(config_address(rid, after)));
	for (unsigned int i = 0; i < PCI_EXT_CAP_MAX; i++) {
		u32 header;

		if (pos < PCI_EXT_CAP_START)
			return 0;
		header = read32(config_address(rid, pos));
		if (header == PCI_ID_NONE)
			return 0;
		if (PCI_EXT_CAP_ID(header) == id)
			return pos;
		pos = PCI_EXT_CAP_NEXT(header);
	}
	return 0;
}

/**
 * config_find_capabilities - learn a function once it answers
 * @v: the TDI; its config.ready says afterwards if it can be one
 *
 * Context: monitor lock held.
 */
void config_find_capabilities(struct vdev *v)
{
	struct config *c = &v->config;

	if (config_get(v, 0) == PCI_ID_NONE)
		return;
	memset(c, 0, sizeof(*c));
	find_caps(v);
	if (!c->pcie)
		mon_panic("%04x is not a PCI Express function, it cannot be a TDI",
			  v->rid);
	find_ext_caps(v);
	c->doe = config_find_ext(v->rid, PCI_EXT_CAP_ID_DOE, 0);
	if (!c->dvsec)
		mon_log("%04x: no room for the fault port", v->rid);
	c->ready = true;
	mon_log("%04x: TDI is %08x, fault port at 0x%x", v->rid,
		config_get(v, 0), c->dvsec);
}
