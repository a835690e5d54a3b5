// SPDX-License-Identifier: GPL-2.0
/*
 * Signed measurements. The first byte says of which connection, and what is expected.
 */

#include "fuzz.h"
#include "verify-judge.h"

/* All that is pointed to must be in the object, in order */
static void check_parsed(const struct bytes *object, const struct spdm_measurements *meas)
{
	const uint8_t *end = object->data + object->size;
	unsigned int nr = 0;

	MUST(meas->nonce > object->data && meas->nonce + SPDM_NONCE_SIZE < end);
	MUST(meas->signature == object->data + meas->signed_size);
	MUST(meas->signature + meas->signature_size <= end);
	MUST(end - meas->signature - meas->signature_size < 4);
	for (size_t i = 0; i < ARRAY_SIZE(meas->block); i++) {
		const struct spdm_block *block = &meas->block[i];

		if (!block->value)
			continue;
		nr++;
		MUST(block->index == i);
		MUST(block->value > meas->nonce);
		MUST(block->value + block->size < meas->signature);
	}
	MUST(nr == meas->nr_blocks);
}

/* None of them may be confused by what is well-formed, only refuse it */
static void judge(const struct spdm_measurements *meas, uint8_t how)
{
	static uint8_t value[] = { 1, 2, 3, 4 };
	const struct measurement required = {
		.index = 1, .type = 0x81, .value = { value, sizeof(value) },
	};
	const struct expectation want = {
		.required = &required, .nr_required = how & 1, .others_allowed = how & 2,
		.minimum_svn = how & 4, .allow_debug = how & 8,
	};
	struct why why = {};

	judge_measurements(&want, meas, &why);
	fuzz_check_why(&why);
	judge_device_mode(&want, meas, &why);
	fuzz_check_why(&why);
	judge_svn(&want, meas, &why);
	fuzz_check_why(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spdm_connection connection = { .meas_spec = 1, .base_asym = SPDM_ECDSA_P384 };
	struct spdm_measurements meas;
	struct why why = {};
	struct bytes object;

	if (!size)
		return 0;
	connection.version = SPDM_VERSION_10 + (*data & 3);
	connection.known = *data & 4 || connection.version >= SPDM_VERSION_12;
	connection.meas_hash = *data & 8 ? 1 : 4;
	object = fuzz_copy(data + 1, size - 1);

	if (spdm_parse_measurements(&object, &connection, 96, &meas, &why)) {
		fuzz_check_why(&why);
	} else {
		check_parsed(&object, &meas);
		judge(&meas, *data >> 4);
	}
	bytes_free(&object);
	return 0;
}
