/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parser of the TDISP DEVICE_INTERFACE_REPORT, PCIe r7.0, sec 11.3.11, and of what the
 * kernel says of BARs and lock flags. Knows bytes only.
 */

#ifndef PCITSM_REPORT_H
#define PCITSM_REPORT_H

#include "parse.h"

#define REPORT_NO_FW_UPDATE	0x01
#define REPORT_DMA		0x02	/* without PASID */
#define REPORT_DMA_PASID	0x04
#define REPORT_ATS		0x08
#define REPORT_PRS		0x10
#define REPORT_INFO_KNOWN	0x1f

#define RANGE_MSIX_TABLE	0x1
#define RANGE_MSIX_PBA		0x2
#define RANGE_NON_TEE_MEM	0x4
#define RANGE_UPDATABLE		0x8
#define RANGE_KNOWN		0xf

/**
 * struct report - a parsed interface report
 * @info: INTERFACE_INFO
 * @head: the first 16 bytes
 * @nr_ranges: MMIO_RANGE_COUNT
 * @ranges: the ranges, for report_range()
 * @tail: DEVICE_SPECIFIC_INFO_LEN and DEVICE_SPECIFIC_INFO
 * @tail_size: their size
 * @reserved: what is set of the bits that TDISP 1.0 reserves, in words; NULL: nothing
 *
 * Points into the object that was parsed.
 */
struct report {
	uint16_t info;
	const uint8_t *head;
	uint32_t nr_ranges;
	const uint8_t *ranges;
	const uint8_t *tail;
	size_t tail_size;
	const char *reserved;
};

/**
 * struct report_range - an MMIO range
 * @first_page: reported address, in pages of 4 KiB
 * @pages: how many
 * @attr: RANGE_*
 * @id: Range ID, 0 to 5: the BAR
 */
struct report_range {
	uint64_t first_page;
	uint32_t pages;
	uint16_t attr;
	uint16_t id;
};

int report_parse(const struct bytes *object, struct report *report, struct why *why);
struct report_range report_range(const struct report *report, uint32_t index);

#define NR_BARS 6

/* The sizes of memory BARs in pages of 4 KiB, 0: no such BAR, or not in use */
struct bars {
	uint64_t pages[NR_BARS];
};

/* @object: text of "resource" in sysfs */
int bars_parse(const struct bytes *object, struct bars *bars, struct why *why);

/* Does each range that names a BAR fit into it? */
int report_check_bars(const struct report *report, const struct bars *bars, struct why *why);

/* Flags of LOCK_INTERFACE_REQUEST: those set, out of those that are known */
struct lock_flags {
	uint16_t set;
	uint16_t known;
};

/* @object: text of tsm/lock_flags */
int lock_flags_parse(const struct bytes *object, struct lock_flags *flags, struct why *why);

#endif /* PCITSM_REPORT_H */
