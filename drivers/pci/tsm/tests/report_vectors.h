/* SPDX-License-Identifier: GPL-2.0 */
/* Interface reports for report_kunit.c and fuzz/, see vectors.h */
#ifndef __PCI_TSM_REPORT_VECTORS_H
#define __PCI_TSM_REPORT_VECTORS_H

#include "vectors.h"

/* Attributes */
#define TABLE	1
#define PBA	2
#define NON_TEE	4

#define RANGE(page, pages, attr, id) \
	LE64(page), LE32(pages), LE16(attr), LE16(id)
#define HEADER(info, msix, lnr, tph, count) \
	LE16(info), 0, 0, LE16(msix), LE16(lnr), LE32(tph), LE32(count)

/*
 * Four ranges in BARs 1 to 4 and 16 bytes of device-specific information, as
 * the device sample of spdm-emu reports.
 */
static const u8 report_sample[] = {
	HEADER(0x03, 0, 0, 0, 4),
	RANGE(0x00000, 1, 4, 1),
	RANGE(0x08000, 4, 8, 2),
	RANGE(0x10000, 8, 8, 3),
	RANGE(0x20000, 8, 8, 4),
	LE32(16),
	't', 'd', 'i', 's', 'p', '_', 'd', 'e', 'v', '_', 'e', 'm', 'u', 0, 0, 0,
};

/* Offsets in report_sample */
#define R0	16
#define R1	32
#define R2	48
#define R3	64
#define INFO	80

/* BAR 2 is reported below BAR 0, and one range is in no BAR */
static const u8 report_msix[] = {
	HEADER(0x03, 0x8003, 0x1, 0x101, 6),
	RANGE(0x100, 2, 0, 0),
	RANGE(0x102, 1, TABLE, 0),
	RANGE(0x103, 1, PBA, 0),
	RANGE(0x080, 8, 0, 2),
	RANGE(0x088, 8, NON_TEE, 2),
	RANGE(0x110, 1, NON_TEE, 9),
	LE32(0),
};

/* Offsets in report_msix */
#define M0	16
#define M1	32
#define M2	48
#define M3	64
#define M4	80
#define M5	96

static const u8 report_empty[20] = {};

#define RANGE_OF(id)	RANGE(0x100 + (id), 1, 0, id)
#define RANGES_OF_8(id)	RANGE_OF((id) + 0), RANGE_OF((id) + 1), \
			RANGE_OF((id) + 2), RANGE_OF((id) + 3), \
			RANGE_OF((id) + 4), RANGE_OF((id) + 5), \
			RANGE_OF((id) + 6), RANGE_OF((id) + 7)

/* As many Range IDs as are taken, and a second range of the last one */
static const u8 report_ids[] = {
	HEADER(0x01, 0, 0, 0, 33),
	RANGES_OF_8(0), RANGES_OF_8(8), RANGES_OF_8(16), RANGES_OF_8(24),
	RANGE(0x120, 1, 0, 31),
	LE32(0),
};

#define IDS_LAST	(16 + 32 * 16)

static const struct vector vector_sample = VECTOR(report_sample);
static const struct vector vector_msix = VECTOR(report_msix);
static const struct vector vector_empty = VECTOR(report_empty);
static const struct vector vector_ids = VECTOR(report_ids);

#define SAMPLE	.from = &vector_sample
#define MSIX	.from = &vector_msix
#define EMPTY	.from = &vector_empty
#define IDS	.from = &vector_ids
#define GOOD	.good = true

static const struct vector_case report_cases[] = {
	VECTOR_SELF(vector_sample),
	VECTOR_SELF(vector_msix),
	VECTOR_SELF(vector_empty),
	VECTOR_SELF(vector_ids),

	/* Accepted still */
	{ "last page that there can be", SAMPLE, GOOD,
	  .set = { { R3, 8, 0xffffffffffffeULL }, { R3 + 8, 4, 1 } } },
	{ "no room between ranges", SAMPLE, GOOD, .set = { { R1, 8, 1 } } },
	{ "two ranges of a BAR with a gap", SAMPLE, GOOD, .set = { { R1 + 14, 2, 1 } } },
	{ "all in one BAR", SAMPLE, GOOD,
	  .set = { { R1 + 14, 2, 1 }, { R2 + 14, 2, 1 }, { R3 + 14, 2, 1 } } },
	{ "BARs in reverse order in reported space", SAMPLE, GOOD,
	  .set = { { R0, 8, 0x30000 }, { R2, 8, 0x7000 } } },
	{ "Range ID all ones", SAMPLE, GOOD, .set = { { R3 + 14, 2, 0xffff } } },
	{ "no device-specific information", SAMPLE, GOOD, .trim = 16,
	  .set = { { INFO, 4, 0 } } },
	{ "as much information as there is room for", SAMPLE, GOOD, .pad = 65435,
	  .set = { { INFO, 4, 65451 } } },
	{ "all known bits of INTERFACE_INFO", SAMPLE, GOOD, .set = { { 0, 2, 0x1f } } },
	{ "no bits of INTERFACE_INFO", SAMPLE, GOOD, .set = { { 0, 2, 0 } } },
	{ "LNR Control", SAMPLE, GOOD, .set = { { 6, 2, 1 } } },
	{ "table and PBA in one range", MSIX, GOOD, .set = { { M1 + 12, 2, TABLE | PBA } } },

	/* Accepted, but policy has to know */
	{ "INTERFACE_INFO: bit 5", SAMPLE, GOOD, .reserved = true, .set = { { 0, 2, 0x23 } } },
	{ "INTERFACE_INFO: bit 15", SAMPLE, GOOD, .reserved = true,
	  .set = { { 0, 2, 0x8003 } } },
	{ "reserved field", SAMPLE, GOOD, .reserved = true, .set = { { 2, 2, 1 } } },
	{ "reserved field: top bit", SAMPLE, GOOD, .reserved = true, .set = { { 3, 1, 0x80 } } },
	{ "attributes: bit 4", SAMPLE, GOOD, .reserved = true, .set = { { R0 + 12, 2, 0x14 } } },
	{ "attributes: bit 15 of the last range", SAMPLE, GOOD, .reserved = true,
	  .set = { { R3 + 13, 1, 0x80 } } },

	/* Size */
	{ "nothing", SAMPLE, .trim = 100 },
	{ "one byte", SAMPLE, .trim = 99 },
	{ "cut before MMIO_RANGE_COUNT", SAMPLE, .trim = 88 },
	{ "cut inside MMIO_RANGE_COUNT", SAMPLE, .trim = 85 },
	{ "header only", SAMPLE, .trim = 84 },
	{ "one byte short of the minimum", SAMPLE, .trim = 81 },
	{ "as small as can be, with ranges", SAMPLE, .trim = 80 },
	{ "cut before the first range ends", SAMPLE, .trim = 69 },
	{ "cut behind the first range", SAMPLE, .trim = 68 },
	{ "cut inside a range", SAMPLE, .trim = 60 },
	{ "cut inside the last range", SAMPLE, .trim = 21 },
	{ "cut before the info length", SAMPLE, .trim = 20 },
	{ "cut inside the info length", SAMPLE, .trim = 17 },
	{ "cut before the info", SAMPLE, .trim = 16 },
	{ "cut inside the info", SAMPLE, .trim = 1 },
	{ "one byte more", SAMPLE, .pad = 1 },
	{ "a DW more", SAMPLE, .pad = 4 },
	{ "a range more", SAMPLE, .pad = 16 },
	{ "a byte missing in front", SAMPLE, .drop = 1 },
	{ "a byte too much in front", SAMPLE, .add = 1 },
	{ "a range removed", SAMPLE, .drop_at = R1, .drop = 16 },
	{ "a range inserted", SAMPLE, .add_at = R1, .add = 16, .fill = 0x11 },
	{ "as large as 16 bits count, not said so", SAMPLE, .pad = 65435 },
	{ "longer than 16 bits count", SAMPLE, .pad = 65436 },
	{ "longer than 16 bits count, said so", SAMPLE, .pad = 65436,
	  .set = { { INFO, 4, 65452 } } },
	{ "empty, cut", EMPTY, .trim = 1 },
	{ "empty, one byte more", EMPTY, .pad = 1 },

	/* MMIO_RANGE_COUNT */
	{ "one range too many", SAMPLE, .set = { { 12, 4, 5 } } },
	{ "one range too few", SAMPLE, .set = { { 12, 4, 3 } } },
	{ "no ranges announced", SAMPLE, .set = { { 12, 4, 0 } } },
	{ "as many ranges as bytes", SAMPLE, .set = { { 12, 4, 100 } } },
	{ "count in the upper half", SAMPLE, .set = { { 12, 4, 0x40000 } } },
	{ "count times size wraps to 0", SAMPLE, .set = { { 12, 4, 0x10000000 } } },
	{ "count times size wraps to what is there", SAMPLE,
	  .set = { { 12, 4, 0x10000004 } } },
	{ "count with the sign bit", SAMPLE, .set = { { 12, 4, 0x80000004 } } },
	{ "count all ones", SAMPLE, .set = { { 12, 4, 0xffffffff } } },
	{ "empty, but for a count", EMPTY, .set = { { 12, 4, 1 } } },

	/* DEVICE_SPECIFIC_INFO_LEN */
	{ "info longer than the report", SAMPLE, .set = { { INFO, 4, 17 } } },
	{ "info shorter than the report", SAMPLE, .set = { { INFO, 4, 15 } } },
	{ "no info announced", SAMPLE, .set = { { INFO, 4, 0 } } },
	{ "info length in the upper half", SAMPLE, .set = { { INFO, 4, 0x100010 } } },
	{ "info length wraps to the report's size", SAMPLE,
	  .set = { { INFO, 4, 0xffffffac } } },
	{ "info length all ones", SAMPLE, .set = { { INFO, 4, 0xffffffff } } },
	{ "empty, but for an info length", EMPTY, .set = { { 16, 4, 1 } } },

	/* Each range for itself */
	{ "first range without pages", SAMPLE, .set = { { R0 + 8, 4, 0 } } },
	{ "range without pages", SAMPLE, .set = { { R2 + 8, 4, 0 } } },
	{ "last range without pages", SAMPLE, .set = { { R3 + 8, 4, 0 } } },
	{ "page numbers wrap", SAMPLE, .set = { { R3, 8, ~0ULL } } },
	{ "page numbers wrap to 0", SAMPLE, .set = { { R3, 8, -8ULL } } },
	{ "addresses wrap", SAMPLE, .set = { { R3, 8, 1ULL << 52 } } },
	{ "last address wraps", SAMPLE,
	  .set = { { R3, 8, (1ULL << 52) - 1 }, { R3 + 8, 4, 1 } } },
	{ "end of the last range wraps", SAMPLE, .set = { { R3, 8, (1ULL << 52) - 8 } } },
	{ "page number with the sign bit", SAMPLE, .set = { { R3, 8, 1ULL << 63 } } },
	{ "first range wraps", SAMPLE, .set = { { R0, 8, ~0ULL } } },

	/* Order */
	{ "first BARs descend", SAMPLE, .set = { { R0 + 14, 2, 3 } } },
	{ "BARs descend", SAMPLE, .set = { { R1 + 14, 2, 0 } } },
	{ "BARs descend at the end", SAMPLE, .set = { { R3 + 14, 2, 0 } } },
	{ "BARs descend behind a large Range ID", SAMPLE, .set = { { R2 + 14, 2, 0x100 } } },
	{ "BAR comes back", MSIX, .set = { { M5 + 14, 2, 0 } } },
	{ "addresses of a BAR descend", MSIX, .set = { { M4, 8, 0x70 } } },
	{ "addresses of a BAR descend at its end", MSIX, .set = { { M2, 8, 0x101 } } },
	{ "same page twice in a BAR", MSIX, .set = { { M2, 8, 0x102 } } },
	{ "same range twice", MSIX, .set = { { M4, 8, 0x80 } } },

	/* Overlap */
	{ "ranges of a BAR overlap by a page", MSIX, .set = { { M0 + 8, 4, 3 } } },
	{ "ranges of a BAR overlap by all but a page", MSIX, .set = { { M4, 8, 0x81 } } },
	{ "first range of a BAR covers all of them", MSIX, .set = { { M0 + 8, 4, 4 } } },
	{ "BARs at the same address", SAMPLE, .set = { { R2, 8, 0x8000 } } },
	{ "BAR inside of another", SAMPLE, .set = { { R2 + 8, 4, 1 }, { R2, 8, 0x8002 } } },
	{ "BAR around another", SAMPLE, .set = { { R2, 8, 0x7ffe } } },
	{ "end of a BAR in the next one", SAMPLE, .set = { { R1 + 8, 4, 0x8001 } } },
	{ "end of a BAR in one reported before", SAMPLE, .set = { { R2, 8, 0x7ff9 } } },
	{ "last BAR in the first one", SAMPLE, .set = { { R3, 8, 0 } } },
	{ "first BAR around all", SAMPLE, .set = { { R0 + 8, 4, 0xffffffff } } },
	{ "BAR that ends in another's second range", MSIX, .set = { { M0, 8, 0x8f } } },
	{ "BAR and what is in no BAR", MSIX, .set = { { M5, 8, 0x87 } } },

	/* Range IDs */
	{ "one Range ID too many", IDS, .set = { { IDS_LAST + 14, 2, 32 } } },
	{ "one Range ID too many, a large one", IDS,
	  .set = { { IDS_LAST + 14, 2, 0xffff } } },
	{ "many Range IDs, overlap in the last", IDS, .set = { { IDS_LAST, 8, 0x11f } } },
	{ "many Range IDs, overlap with the first", IDS, .set = { { 16 + 8, 4, 2 } } },
	{ "many Range IDs, overlap of first and last", IDS,
	  .set = { { 16, 8, 0x11f }, { 16 + 8, 4, 2 } } },

	/* Copies of registers of what is not locked */
	{ "MSI-X Message Control without MSI-X", SAMPLE, .set = { { 4, 2, 3 } } },
	{ "MSI-X enabled without MSI-X", SAMPLE, .set = { { 4, 2, 0x8000 } } },
	{ "TPH Control without MSI-X", SAMPLE, .set = { { 8, 4, 1 } } },
	{ "TPH Control without MSI-X: top bit", SAMPLE, .set = { { 8, 4, 0x80000000 } } },
	{ "empty, but for MSI-X Message Control", EMPTY, .set = { { 4, 2, 1 } } },
	{ "empty, but for TPH Control", EMPTY, .set = { { 8, 4, 1 } } },
	{ "MSI-X ranges that do not say so", MSIX,
	  .set = { { M1 + 12, 2, 0 }, { M2 + 12, 2, 0 } } },
	{ "TPH Control, MSI-X ranges that do not say so", MSIX,
	  .set = { { M1 + 12, 2, 0 }, { M2 + 12, 2, 0 }, { 4, 2, 0 } } },
};

#endif /* __PCI_TSM_REPORT_VECTORS_H */
