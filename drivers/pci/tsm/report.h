/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parser of the TDISP DEVICE_INTERFACE_REPORT, PCIe r7.0, sec 11.3.11. Needs
 * nothing of the kernel but types, so that it can be built for userspace too.
 */
#ifndef __PCI_TSM_REPORT_H
#define __PCI_TSM_REPORT_H

#include <linux/bits.h>
#include <linux/types.h>

/* TDISP counts MMIO in pages of 4 KiB, and a report's size in 16 bits */
#define TDISP_PAGE_SHIFT	12
#define TDISP_REPORT_MAX	65535

/*
 * Distinct Range IDs in a report. 0 to 7 say where in the function a range is,
 * others group ranges as the device likes.
 */
#define TDISP_RANGE_IDS_MAX	32

/* INTERFACE_INFO; the other bits are reserved */
#define PCI_TSM_REPORT_NO_FW_UPDATE	BIT(0)
#define PCI_TSM_REPORT_DMA_WITHOUT_PASID BIT(1)
#define PCI_TSM_REPORT_DMA_WITH_PASID	BIT(2)
#define PCI_TSM_REPORT_ATS		BIT(3)
#define PCI_TSM_REPORT_PRS		BIT(4)
#define PCI_TSM_REPORT_INFO_KNOWN	GENMASK(4, 0)

/**
 * struct pci_tsm_report - a parsed TDISP DEVICE_INTERFACE_REPORT
 * @interface_info: INTERFACE_INFO
 * @reserved: the reserved field that follows it
 * @msix_control: MSI_X_MESSAGE_CONTROL
 * @lnr_control: LNR_CONTROL
 * @tph_control: TPH_CONTROL
 * @nr_ranges: MMIO_RANGE_COUNT
 * @ranges: the MMIO ranges as reported, for pci_tsm_report_range()
 * @info_len: DEVICE_SPECIFIC_INFO_LEN, bytes at @info
 * @info: DEVICE_SPECIFIC_INFO, opaque
 * @reserved_bits: a bit or field is set that TDISP 1.0 reserves. Whether that
 *		   matters is policy.
 * @error: what is wrong with a report that was refused, in words; else NULL
 */
struct pci_tsm_report {
	u16 interface_info;
	u16 reserved;
	u16 msix_control;
	u16 lnr_control;
	u32 tph_control;
	u32 nr_ranges;
	const u8 *ranges;
	u32 info_len;
	const u8 *info;
	bool reserved_bits;
	const char *error;
};

#define PCI_TSM_RANGE_MSIX_TABLE	BIT(0)
#define PCI_TSM_RANGE_MSIX_PBA		BIT(1)
#define PCI_TSM_RANGE_NON_TEE_MEM	BIT(2)
#define PCI_TSM_RANGE_ATTR_UPDATABLE	BIT(3)
#define PCI_TSM_RANGE_ATTR_KNOWN	GENMASK(3, 0)
#define PCI_TSM_RANGE_MSIX		(PCI_TSM_RANGE_MSIX_TABLE | \
					 PCI_TSM_RANGE_MSIX_PBA)

/**
 * struct pci_tsm_report_range - an MMIO range of the report
 * @first_page: reported address of the first page, in 4 KiB
 * @pages: number of pages of 4 KiB
 * @attr: %PCI_TSM_RANGE_MSIX_TABLE and so on
 * @id: Range ID, the BAR for 0 to 5
 */
struct pci_tsm_report_range {
	u64 first_page;
	u32 pages;
	u16 attr;
	u16 id;
};

int pci_tsm_report_parse(const void *buf, size_t len,
			 struct pci_tsm_report *report);
void pci_tsm_report_range(const struct pci_tsm_report *report, u32 index,
			  struct pci_tsm_report_range *range);

#endif /* __PCI_TSM_REPORT_H */
