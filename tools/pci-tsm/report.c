// SPDX-License-Identifier: GPL-2.0
/*
 * Parser of the TDISP DEVICE_INTERFACE_REPORT, PCIe r7.0, sec 11.3.11, and of the text
 * that sysfs has beside it. Anything odd refuses the whole.
 */

#include <errno.h>
#include <string.h>

#include "report.h"

#define AT_INFO			0
#define AT_RESERVED		2
#define AT_MSIX			4
#define AT_TPH			8
#define AT_COUNT		12
#define AT_RANGES		16
#define LENGTH_SIZE		4
#define REPORT_LEAST		(AT_RANGES + LENGTH_SIZE)
#define REPORT_MOST		65535
#define RANGE_SIZE		16

#define PAGE_SHIFT		12
/* The first page whose address takes more than 64 bits */
#define PAGES_END		(1ULL << (64 - PAGE_SHIFT))

/* "resource" in sysfs: IORESOURCE_MEM, and neither disabled nor without an address */
#define RESOURCE_MASK		0x30000200
#define RESOURCE_MEM		0x00000200

struct report_range report_range(const struct report *report, uint32_t index)
{
	const uint8_t *p = report->ranges + (size_t)index * RANGE_SIZE;

	return (struct report_range) {
		.first_page = get_le64(p),
		.pages = get_le32(p + 8),
		.attr = get_le16(p + 12),
		.id = get_le16(p + 14),
	};
}

/* At most 4094 of them, so each can be compared with all before it */
static int check_overlap(const struct report *report, uint32_t index, struct why *why)
{
	struct report_range range = report_range(report, index);

	for (uint32_t i = 0; i < index; i++) {
		struct report_range other = report_range(report, i);

		if (range.first_page < other.first_page + other.pages &&
		    other.first_page < range.first_page + range.pages)
			return refuse(why, "MMIO ranges %u and %u overlap", i, index);
	}
	return 0;
}

static int check_range(struct report *report, uint32_t index, struct why *why)
{
	struct report_range range = report_range(report, index), before;

	if (!range.pages)
		return refuse(why, "MMIO range %u has no pages", index);
	if (range.first_page >= PAGES_END || range.pages >= PAGES_END - range.first_page)
		return refuse(why, "MMIO range %u: its addresses wrap around", index);
	if (range.attr & ~RANGE_KNOWN)
		report->reserved = "attributes of an MMIO range";
	if (index) {
		before = report_range(report, index - 1);
		if (range.id < before.id)
			return refuse(why, "MMIO range %u: Range IDs do not ascend", index);
		if (range.id == before.id && range.first_page <= before.first_page)
			return refuse(why, "MMIO range %u: ranges of Range ID %u do not ascend",
				      index, range.id);
	}
	return check_overlap(report, index, why);
}

static int check_ranges(struct report *report, struct why *why)
{
	unsigned int attr = 0;

	for (uint32_t i = 0; i < report->nr_ranges; i++) {
		if (check_range(report, i, why))
			return -EBADMSG;
		attr |= report_range(report, i).attr;
	}

	/* Both are there for the locked table that the ranges are about */
	if (attr & (RANGE_MSIX_TABLE | RANGE_MSIX_PBA))
		return 0;
	if (get_le16(report->head + AT_MSIX))
		return refuse(why, "MSI_X_MESSAGE_CONTROL is 0x%04x, though without MSI-X range",
			      get_le16(report->head + AT_MSIX));
	if (get_le32(report->head + AT_TPH))
		return refuse(why, "TPH_CONTROL is 0x%x, though without MSI-X range",
			      get_le32(report->head + AT_TPH));
	return 0;
}

/**
 * report_parse() - check and take apart an interface report
 * @object: the report
 * @report: the result, points into @object
 * @why: why it was refused
 *
 * Return: 0, or -EBADMSG.
 */
int report_parse(const struct bytes *object, struct report *report, struct why *why)
{
	const uint8_t *p = object->data;
	size_t ranges_size;
	uint32_t nr, tail;

	*report = (struct report) {};
	if (!p || object->size < REPORT_LEAST || object->size > REPORT_MOST)
		return refuse(why, "expected %d to %d bytes, found %zu", REPORT_LEAST,
			      REPORT_MOST, object->size);
	nr = get_le32(p + AT_COUNT);
	if (nr > (object->size - REPORT_LEAST) / RANGE_SIZE)
		return refuse(why, "%u MMIO ranges, for which %zu bytes have no room", nr,
			      object->size);
	ranges_size = (size_t)nr * RANGE_SIZE;

	report->info = get_le16(p + AT_INFO);
	report->head = p;
	report->nr_ranges = nr;
	report->ranges = p + AT_RANGES;
	report->tail = p + AT_RANGES + ranges_size;
	report->tail_size = object->size - AT_RANGES - ranges_size;
	tail = get_le32(report->tail);
	if (tail != report->tail_size - LENGTH_SIZE)
		return refuse(why, "says %u bytes of device-specific information, found %zu",
			      tail, report->tail_size - LENGTH_SIZE);

	if (report->info & ~REPORT_INFO_KNOWN)
		report->reserved = "INTERFACE_INFO";
	else if (get_le16(p + AT_RESERVED))
		report->reserved = "the field behind INTERFACE_INFO";
	return check_ranges(report, why);
}

/* @digits of them behind "0x"; moves on */
static bool take_hex(struct cursor *c, unsigned int digits, uint64_t *value)
{
	const uint8_t *p = take(c, 2 + digits);

	if (!p || p[0] != '0' || p[1] != 'x')
		return false;
	*value = 0;
	for (unsigned int i = 0; i < digits; i++) {
		uint8_t digit = p[2 + i];

		if (digit >= '0' && digit <= '9')
			digit -= '0';
		else if (digit >= 'a' && digit <= 'f')
			digit -= 'a' - 10;
		else
			return false;
		*value = *value << 4 | digit;
	}
	return true;
}

static bool take_char(struct cursor *c, uint8_t wanted)
{
	const uint8_t *p = take(c, 1);

	return p && *p == wanted;
}

int bars_parse(const struct bytes *object, struct bars *bars, struct why *why)
{
	struct cursor c = cursor_of(object);

	*bars = (struct bars) {};
	for (unsigned int i = 0; i < NR_BARS; i++) {
		uint64_t start, end, flags;

		if (!take_hex(&c, 16, &start) || !take_char(&c, ' ') ||
		    !take_hex(&c, 16, &end) || !take_char(&c, ' ') ||
		    !take_hex(&c, 16, &flags) || !take_char(&c, '\n'))
			return refuse(why, "resource: line %u is not \"START END FLAGS\"", i + 1);
		if ((flags & RESOURCE_MASK) != RESOURCE_MEM)
			continue;
		if (end < start)
			return refuse(why, "resource: BAR %u ends before it begins", i);
		/* The whole address space does not fit, and is no BAR either */
		bars->pages[i] = (end - start + 1) >> PAGE_SHIFT;
	}
	return 0;
}

int report_check_bars(const struct report *report, const struct bars *bars, struct why *why)
{
	uint64_t first = 0;

	for (uint32_t i = 0; i < report->nr_ranges; i++) {
		struct report_range range = report_range(report, i);

		if (!i || range.id != report_range(report, i - 1).id)
			first = range.first_page;
		if (range.id >= NR_BARS)
			continue;
		if (!bars->pages[range.id])
			return refuse(why, "MMIO range %u is in BAR %u, which is not in use",
				      i, range.id);
		/* Ranges of a BAR ascend, so they fit if they do counted from the first */
		if (range.first_page - first + range.pages > bars->pages[range.id])
			return refuse(why, "MMIO range %u ends behind the %llu pages of BAR %u",
				      i, (unsigned long long)bars->pages[range.id], range.id);
	}
	return 0;
}

int lock_flags_parse(const struct bytes *object, struct lock_flags *flags, struct why *why)
{
	struct cursor c = cursor_of(object);
	uint64_t set, known;

	*flags = (struct lock_flags) {};
	if (!take_hex(&c, 4, &set) || !take_char(&c, '/') || !take_hex(&c, 4, &known) ||
	    (c.left && !take_char(&c, '\n')) || c.left)
		return refuse(why, "lock_flags: expected \"0xSSSS/0xKKKK\", found something else");
	if (set & ~known)
		return refuse(why, "lock_flags: 0x%04x are set, of which 0x%04x are known",
			      (unsigned int)set, (unsigned int)known);
	flags->set = set;
	flags->known = known;
	return 0;
}
