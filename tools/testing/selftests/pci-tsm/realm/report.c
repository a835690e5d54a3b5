// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: the TDISP DEVICE_INTERFACE_REPORT of a TDI (PCIe r6.x, sec
 * 11.3.11)
 *
 * MMIO_REPORTING_OFFSET is 0, and the MSI-X table is not locked: its pages and
 * those of the PBA are left out.
 */
#include "vdev.h"

#define INFO_NO_FW_UPDATE	BIT(0)
#define INFO_DMA_WITHOUT_PASID	BIT(1)
#define RANGE_ID_SHIFT		16

#define PCI_SUBSYSTEM_VENDOR_ID	0x2c

struct range_entry {
	u64 first_page;
	u32 pages;
	u32 attributes;
};

struct report_header {
	u16 interface_info;
	u16 reserved;
	u16 msix_message_control;
	u16 lnr_control;
	u32 tph_control;
	u32 range_count;
};

/* DEVICE_SPECIFIC_INFO: the identity of the function */
struct device_info {
	u32 len;
	u32 id;
	u32 subsystem;
};

static_assert(sizeof(struct report_header) + sizeof(struct device_info) +
	      MAX_TEE_RANGES * sizeof(struct range_entry) <= BLOB_MAX,
	      "the report is too large");

/**
 * report_build - make the interface report from what LOCK found
 * @v: the TDI
 * @report: gets it
 *
 * Context: monitor lock held.
 */
void report_build(const struct vdev *v, struct blob *report)
{
	struct report_header header = {
		.interface_info = INFO_NO_FW_UPDATE | INFO_DMA_WITHOUT_PASID,
		.range_count = v->nr_ranges,
	};
	struct device_info info = {
		.len = sizeof(info) - sizeof(info.len),
		.id = config_get(v, PCI_VENDOR_ID),
		.subsystem = config_get(v, PCI_SUBSYSTEM_VENDOR_ID),
	};

	report->len = 0;
	blob_append(report, &header, sizeof(header));
	for (unsigned int i = 0; i < v->nr_ranges; i++) {
		struct range_entry entry = {
			.first_page = v->range[i].pa >> PAGE_SHIFT,
			.pages = v->range[i].pages,
			.attributes = (u32)v->range[i].bar << RANGE_ID_SHIFT,
		};

		blob_append(report, &entry, sizeof(entry));
	}
	blob_append(report, &info, sizeof(info));
}
