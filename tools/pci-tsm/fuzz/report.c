// SPDX-License-Identifier: GPL-2.0
/*
 * The interface report, and the text of sysfs that goes with it.
 */

#include "fuzz.h"
#include "verify-judge.h"

static void check_parsed(const struct bytes *object, const struct report *report)
{
	MUST(report->head == object->data);
	MUST(report->tail + report->tail_size == object->data + object->size);
	for (uint32_t i = 0; i < report->nr_ranges; i++) {
		struct report_range range = report_range(report, i);

		MUST(range.pages);
		MUST(range.first_page + range.pages < 1ULL << 52);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct expectation want = {
		.allow_fw_update = true, .allow_ats = true, .allow_prs = true,
		.allow_reserved = size & 1,
	};
	struct evidence ev = { .report = fuzz_take(&data, &size) };
	struct lock_flags flags;
	struct report report;
	struct why why = {};
	struct bars bars;

	ev.resource = fuzz_take(&data, &size);
	ev.lock_flags = fuzz_copy(data, size);
	if (judge_report(&want, &ev, &report, &bars, &why) == RESULT_GOOD)
		check_parsed(&ev.report, &report);
	fuzz_check_why(&why);
	if (lock_flags_parse(&ev.lock_flags, &flags, &why))
		fuzz_check_why(&why);
	else
		MUST(!(flags.set & ~flags.known));
	bytes_free(&ev.report);
	bytes_free(&ev.resource);
	bytes_free(&ev.lock_flags);
	return 0;
}
