// SPDX-License-Identifier: GPL-2.0
/*
 * What a device says of itself, against what is expected of it: measurements, device
 * mode, security version, interface report.
 */

#include <stdio.h>
#include <string.h>

#include "verify-judge.h"

#define DEVICE_MODE_SIZE	16
#define MODE_NORMAL		0x4
#define SVN_SIZE		8

/* Bytes of a value that a message has */
#define VALUE_SHOWN		16
#define VALUE_TEXT		(2 * VALUE_SHOWN + 4)

/* That more is wrong must be told, but not at any length */
#define OTHERS_TEXT		128

struct problems {
	struct why *why;
	char others[OTHERS_TEXT];
	unsigned int nr;
};

static enum result say(struct why *why, enum result result, const char *text)
{
	refuse(why, "%s", text);
	return result;
}

static const char *value_text(const uint8_t *value, size_t size, char *text)
{
	hex_format(value, size < VALUE_SHOWN ? size : VALUE_SHOWN, text);
	if (size > VALUE_SHOWN)
		strcat(text, "...");
	return text;
}

static bool is_ignored(const struct expectation *want, uint8_t index)
{
	return want->ignored[index / 64] >> index % 64 & 1;
}

static uint8_t kind(const struct spdm_block *block)
{
	return block->type & SPDM_TYPE_MASK;
}

/* Is this the first problem, of which all is told? If not, remember its index. */
static bool is_first(struct problems *p, uint8_t index, const char *what)
{
	size_t at = strlen(p->others);

	if (!p->nr++)
		return true;
	snprintf(p->others + at, sizeof(p->others) - at, ", 0x%02x %s", index, what);
	return false;
}

static void check_required(const struct measurement *required, const struct spdm_block *found,
			   struct problems *p)
{
	char expected_text[VALUE_TEXT], found_text[VALUE_TEXT];

	if (!found->value) {
		if (is_first(p, required->index, "missing"))
			refuse(p->why, "index 0x%02x is missing: expected type 0x%02x, value %s",
			       required->index, required->type,
			       value_text(required->value.data, required->value.size,
					  expected_text));
		return;
	}
	/* The digest does not cover its value, so it must not decide anything */
	if (kind(found) == SPDM_TYPE_INFORMATIONAL) {
		if (is_first(p, required->index, "informational"))
			refuse(p->why, "index 0x%02x is informational; "
			       "do not require it, the device may say anything there",
			       required->index);
		return;
	}
	if (found->type != required->type) {
		if (is_first(p, required->index, "of another type"))
			refuse(p->why, "index 0x%02x: expected type 0x%02x, found type 0x%02x",
			       required->index, required->type, found->type);
		return;
	}
	if (found->size == required->value.size &&
	    (!found->size || !memcmp(found->value, required->value.data, found->size)))
		return;
	if (is_first(p, required->index, "differs"))
		refuse(p->why, "index 0x%02x differs: expected %s (%zu bytes); "
		       "found %s (%u bytes), if that is right, change the reference",
		       required->index,
		       value_text(required->value.data, required->value.size, expected_text),
		       required->value.size, value_text(found->value, found->size, found_text),
		       found->size);
}

/* Is a measurement that is not required judged elsewhere, or good as it is? */
static bool is_allowed(const struct expectation *want, const struct spdm_block *block)
{
	if (want->others_allowed || is_ignored(want, block->index))
		return true;
	if (kind(block) == SPDM_TYPE_SVN && want->minimum_svn)
		return true;
	return kind(block) == SPDM_TYPE_INFORMATIONAL;
}

static bool is_required(const struct expectation *want, uint8_t index)
{
	for (size_t i = 0; i < want->nr_required; i++)
		if (want->required[i].index == index)
			return true;
	return false;
}

static void check_others(const struct expectation *want, const struct spdm_measurements *meas,
			 struct problems *p)
{
	char text[VALUE_TEXT];

	for (size_t i = 0; i < ARRAY_SIZE(meas->block); i++) {
		const struct spdm_block *block = &meas->block[i];

		if (!block->value || is_required(want, i) || is_allowed(want, block))
			continue;
		if (is_first(p, i, "not expected"))
			refuse(p->why, "index 0x%02zx is not expected: type 0x%02x, value %s; "
			       "add it to the reference, or ignore it",
			       i, block->type, value_text(block->value, block->size, text));
	}
}

enum result judge_measurements(const struct expectation *want,
			       const struct spdm_measurements *meas, struct why *why)
{
	struct problems p = { .why = why };

	if (meas->changed)
		return say(why, RESULT_BAD,
			   "the device says that something changed while it was measured; "
			   "collect evidence anew");
	if (!want->nr_required && want->others_allowed) {
		refuse(why, "%u, nothing to compare them with", meas->nr_blocks);
		return RESULT_NOT_ASKED;
	}

	for (size_t i = 0; i < want->nr_required; i++)
		check_required(&want->required[i], &meas->block[want->required[i].index], &p);
	check_others(want, meas, &p);
	if (!p.nr) {
		refuse(why, "%u, all as expected (%zu required)", meas->nr_blocks,
		       want->nr_required);
		return RESULT_GOOD;
	}
	if (p.nr > 1) {
		size_t at = strlen(why->text);

		snprintf(why->text + at, sizeof(why->text) - at, "; %u more%s", p.nr - 1,
			 p.others);
	}
	return RESULT_BAD;
}

static const char *mode_text(uint32_t mode)
{
	static const char *const names[] = {
		"manufacturing", "validation", "normal", "recovery", "RMA", "decommissioned",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (mode == 1U << i)
			return names[i];
	return "none or several";
}

static const char *debug_text(uint32_t debug)
{
	static const char *const names[] = {
		"non-invasive debug is active", "invasive debug is active",
		"non-invasive debug was active", "invasive debug was active",
		"invasive debug was active after manufacturing",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (debug & 1U << i)
			return names[i];
	return "unknown bits";
}

static bool mode_is_good(const struct expectation *want, const struct spdm_block *block,
			 struct why *why)
{
	uint32_t mode, debug;

	if (block->type != (SPDM_TYPE_DEVICE_MODE | SPDM_TYPE_RAW) ||
	    block->size != DEVICE_MODE_SIZE) {
		refuse(why, "index 0x%02x: expected type 0x85 with 16 bytes (device mode); "
		       "found type 0x%02x with %u bytes",
		       block->index, block->type, block->size);
		return false;
	}
	mode = get_le32(block->value + 4);
	debug = get_le32(block->value + 12);
	if (!want->allow_debug && mode != MODE_NORMAL) {
		refuse(why, "index 0x%02x: expected normal operation (0x4), found 0x%x (%s)",
		       block->index, mode, mode_text(mode));
		return false;
	}
	if (!want->allow_debug && debug) {
		refuse(why, "index 0x%02x: expected no debug mode ever (0x0), found 0x%x (%s)",
		       block->index, debug, debug_text(debug));
		return false;
	}
	refuse(why, "operation 0x%x (%s), debug 0x%x (%s)", mode, mode_text(mode), debug,
	       debug ? debug_text(debug) : "none");
	return true;
}

enum result judge_device_mode(const struct expectation *want,
			      const struct spdm_measurements *meas, struct why *why)
{
	enum result result = RESULT_NOT_ASKED;

	refuse(why, "the device does not say");
	for (size_t i = 0; i < ARRAY_SIZE(meas->block); i++) {
		const struct spdm_block *block = &meas->block[i];

		/* Nobody is to hide it by giving another type to its index */
		if (!block->value || (kind(block) != SPDM_TYPE_DEVICE_MODE &&
				      i != SPDM_INDEX_DEVICE_MODE))
			continue;
		if (!mode_is_good(want, block, why))
			return RESULT_BAD;
		result = RESULT_GOOD;
	}
	return result;
}

enum result judge_svn(const struct expectation *want, const struct spdm_measurements *meas,
		      struct why *why)
{
	unsigned long long minimum = want->minimum_svn, svn;
	bool any = false;

	if (!minimum)
		return say(why, RESULT_NOT_ASKED, "no minimum is asked for");

	for (size_t i = 0; i < ARRAY_SIZE(meas->block); i++) {
		const struct spdm_block *block = &meas->block[i];

		if (!block->value || kind(block) != SPDM_TYPE_SVN)
			continue;
		if (!(block->type & SPDM_TYPE_RAW) || block->size != SVN_SIZE) {
			refuse(why, "index 0x%02zx: expected type 0x87 with 8 bytes (SVN); "
			       "found type 0x%02x with %u bytes",
			       i, block->type, block->size);
			return RESULT_BAD;
		}
		svn = get_le64(block->value);
		if (svn < minimum) {
			refuse(why, "index 0x%02zx: expected %llu or higher, found %llu; "
			       "the firmware is too old, update it", i, minimum, svn);
			return RESULT_BAD;
		}
		refuse(why, "%llu or higher, as expected", minimum);
		any = true;
	}
	if (any)
		return RESULT_GOOD;
	refuse(why, "expected %llu or higher, found no security version number", minimum);
	return RESULT_BAD;
}

static const char *refuse_info(const struct expectation *want, uint16_t info)
{
	if (!(info & REPORT_NO_FW_UPDATE) && !want->allow_fw_update)
		return "expected NO_FW_UPDATE, found it clear; "
		       "the firmware can be replaced in use";
	if (info & REPORT_ATS && !want->allow_ats)
		return "expected no ATS, found it enabled; "
		       "the device translates addresses by itself";
	if (info & REPORT_PRS && !want->allow_prs)
		return "expected no PRS, found it enabled; "
		       "the device asks for pages by itself";
	return NULL;
}

enum result judge_report(const struct expectation *want, const struct evidence *ev,
			 struct report *report, struct bars *bars, struct why *why)
{
	const char *bad;

	if (!ev->report.size)
		return want->need_report ?
			say(why, RESULT_BAD, "expected an interface report, found none") :
			say(why, RESULT_NOT_ASKED, "there is none");
	if (report_parse(&ev->report, report, why))
		return RESULT_BAD;
	if (report->reserved && !want->allow_reserved) {
		refuse(why, "reserved bits of %s are set; "
		       "what they mean is not known here",
		       report->reserved);
		return RESULT_BAD;
	}
	bad = refuse_info(want, report->info);
	if (bad)
		return say(why, RESULT_BAD, bad);
	if (ev->resource.size &&
	    (bars_parse(&ev->resource, bars, why) || report_check_bars(report, bars, why)))
		return RESULT_BAD;

	refuse(why, "%u MMIO ranges, firmware updates %s, ATS %s, PRS %s", report->nr_ranges,
	       report->info & REPORT_NO_FW_UPDATE ? "locked" : "possible",
	       report->info & REPORT_ATS ? "on" : "off",
	       report->info & REPORT_PRS ? "on" : "off");
	return RESULT_GOOD;
}
