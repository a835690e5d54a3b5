// SPDX-License-Identifier: GPL-2.0
/*
 * The evidence digest against the worked example of Documentation/PCI/tsm-guest.rst,
 * which has certificates that are none: verify() would not get that far.
 */

#include <stdio.h>
#include <string.h>

#include "digest.h"

static uint8_t certificates[] = {
	0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x00, 0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x42,
};

/* Where the BARs are is up to the TSM, so the addresses of a report are too */
static uint8_t report_bytes[] = {
	0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x03, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00,
	0x10, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x02, 0x00,
	0x18, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x02, 0x00,
	0x04, 0x00, 0x00, 0x00, 0x5a, 0x5a, 0x5a, 0x5a,
};

static const uint8_t example[48] = {
	0x2c, 0xb6, 0x5d, 0x69, 0x89, 0x27, 0xc7, 0x14, 0x0f, 0x62, 0x26, 0xca,
	0xdf, 0x46, 0x3c, 0x61, 0x87, 0x98, 0x8c, 0xf4, 0x27, 0xf2, 0xf4, 0x73,
	0xc2, 0xc5, 0x4c, 0x79, 0x89, 0xef, 0x5a, 0x2f, 0x4f, 0x34, 0xc9, 0xd0,
	0x48, 0xfe, 0x4f, 0x41, 0x76, 0x5a, 0xc6, 0xe3, 0x6c, 0x20, 0xee, 0x26,
};

static int tests, failed;

static void result(bool good, const char *name)
{
	failed += !good;
	printf("%sok %d digest: %s\n", good ? "" : "not ", ++tests, name);
}

static void add_block(struct spdm_measurements *meas, uint8_t index, uint8_t type,
		      const uint8_t *value, uint16_t size)
{
	meas->block[index] = (struct spdm_block) {
		.index = index, .spec = 1, .type = type, .value = value, .size = size,
	};
	meas->nr_blocks++;
}

/* That of the example, with other values of the informational block and the address */
static bool same(uint8_t informational, uint8_t address)
{
	static const uint8_t svn[8] = { 1 };
	struct spdm_connection connection = {
		.version = SPDM_VERSION_12, .known = true, .meas_spec = 1, .meas_hash = 4,
		.base_asym = SPDM_ECDSA_P384, .base_hash = SPDM_SHA_384,
	};
	const struct bytes chain = { certificates, sizeof(certificates) };
	const struct bytes object = { report_bytes, sizeof(report_bytes) };
	const struct bars bars = { .pages = { [0] = 4, [2] = 16 } };
	const struct lock_flags flags = { .set = 1, .known = 3 };
	struct spdm_measurements meas = {};
	char text[EVIDENCE_DIGEST_TEXT];
	struct report report;
	uint8_t digest[sizeof(example)];
	struct why why = {};

	memset(digest, 0xd1, sizeof(digest));
	add_block(&meas, 0x20, 0x89, &informational, 1);
	add_block(&meas, 0x10, 0x87, svn, sizeof(svn));
	add_block(&meas, 0x01, 0x00, digest, sizeof(digest));
	report_bytes[18] = address;
	return !report_parse(&object, &report, &why) &&
	       !digest_evidence(&chain, &connection, &meas, &flags, &report, &bars, text) &&
	       !strncmp(text, "sha384:", 7) && !hex_parse(text + 7, digest, sizeof(digest)) &&
	       !memcmp(digest, example, sizeof(digest));
}

int main(void)
{
	result(same(0, 7), "the worked example");
	result(same(1, 7), "an informational value does not count");
	result(same(0, 6), "nor does where the BAR is");
	certificates[6] ^= 1;
	result(!same(0, 7), "another certificate is another digest");
	certificates[6] ^= 1;
	report_bytes[0] ^= 1;
	result(!same(0, 7), "another report is another digest");
	printf("1..%d\n", tests);
	return failed > 0;
}
