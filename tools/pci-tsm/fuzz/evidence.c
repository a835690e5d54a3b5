// SPDX-License-Identifier: GPL-2.0
/*
 * All of it: seven objects, each behind its size, through verify(). Nothing here may be
 * good, since no root is trusted.
 */

#include "fuzz.h"
#include "verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct expectation want = {
		.others_allowed = true, .minimum_svn = size & 1, .allow_reserved = size & 2,
	};
	struct evidence ev = { .certificates = fuzz_take(&data, &size) };
	struct verdict v;

	ev.vca = fuzz_take(&data, &size);
	ev.measurements = fuzz_take(&data, &size);
	ev.report = fuzz_take(&data, &size);
	ev.lock_flags = fuzz_take(&data, &size);
	ev.resource = fuzz_take(&data, &size);
	ev.nonce = fuzz_take(&data, &size);

	MUST(!verify(&ev, &want, &v));
	MUST(!v.good);
	for (int i = 0; i < NR_CHECKS; i++) {
		MUST(*v.text[i]);
		MUST(!v.digest[0] || v.result[i] != RESULT_BAD);
	}
	verdict_free(&v);

	bytes_free(&ev.certificates);
	bytes_free(&ev.vca);
	bytes_free(&ev.measurements);
	bytes_free(&ev.report);
	bytes_free(&ev.lock_flags);
	bytes_free(&ev.resource);
	bytes_free(&ev.nonce);
	return 0;
}
