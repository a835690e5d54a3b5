// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: measurements. The input begins with the version, and the bits of
 * measurement hash and signature algorithm; request and response follow.
 *
 * Blocks of what is accepted tile the record: written one behind the other, they
 * are the record again.
 */

#include <linux/types.h>
#include <linux/unaligned.h>
#include <string.h>
#include "fuzz.h"
#include "spdm.h"

#define PREFIX	3

static int by_offset(const void *a, const void *b)
{
	return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;
	struct pci_tsm_spdm_meas meas;
	struct pci_tsm_spdm_block block;
	struct pci_tsm_spdm_vca vca;
	uint32_t offset[256], at = 0;
	unsigned int nr = 0;
	uint8_t *copy;

	if (size < PREFIX)
		return 0;
	vca = (struct pci_tsm_spdm_vca) {
		.version = SPDM_VERSION_10 + (data[0] & 3),
		.meas_spec = 1,
		.meas_hash_algo = 1U << (data[1] & 31),
		.base_asym_algo = 1U << (data[2] & 31),
		.base_hash_algo = 1,
	};
	data += PREFIX;
	size -= PREFIX;
	if (pci_tsm_spdm_parse_meas(data, size, &vca, &meas))
		return 0;

	must(meas.slot < SPDM_SLOTS);
	must(meas.nonce == data + 4);
	must(meas.record > data && meas.record_len < size);
	must(meas.record + meas.record_len + SPDM_NONCE_SIZE < end);

	copy = malloc(meas.record_len);
	if (!copy)
		abort();
	for (int index = 0; index < 256; index++) {
		if (!pci_tsm_spdm_block(&meas, index, &block)) {
			must(!meas.offset[index]);
			continue;
		}
		must(block.index == index && block.spec == 1);
		must(index && index != 0xff && (index < 0xf0 || index > 0xfc));
		offset[nr++] = meas.offset[index] - 1;

		must(block.value + block.size <= meas.record + meas.record_len);
		must(offset[nr - 1] + 7 + block.size <= meas.record_len);
		copy[offset[nr - 1]] = block.index;
		copy[offset[nr - 1] + 1] = block.spec;
		put_unaligned_le16(block.size + 3, copy + offset[nr - 1] + 2);
		copy[offset[nr - 1] + 4] = block.type;
		put_unaligned_le16(block.size, copy + offset[nr - 1] + 5);
		memcpy(copy + offset[nr - 1] + 7, block.value, block.size);
	}
	must(nr && nr == meas.nr_blocks);
	must(!memcmp(copy, meas.record, meas.record_len));

	qsort(offset, nr, sizeof(offset[0]), by_offset);
	for (unsigned int i = 0; i < nr; i++) {
		must(offset[i] == at);
		at += 4 + get_unaligned_le16(meas.record + at + 2);
	}
	must(at == meas.record_len);

	free(copy);
	return 0;
}
