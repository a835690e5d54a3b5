// SPDX-License-Identifier: GPL-2.0
/*
 * Evidence and verdicts for people.
 */

#include <stdio.h>
#include <string.h>

#include "chain.h"
#include "report.h"
#include "show-evidence.h"
#include "signature.h"

#define VALUE_SHOWN	24
#define VERDICT_WIDTH	13

const char *measurement_type(uint8_t type)
{
	static const char *const names[] = {
		"immutable ROM", "mutable firmware", "hardware configuration",
		"firmware configuration", "manifest", "device mode", "firmware version",
		"security version", "hash-extend", "informational", "structured manifest",
	};

	type &= SPDM_TYPE_MASK;
	return type < ARRAY_SIZE(names) ? names[type] : "unknown";
}

static void show_bad(const char *object, const struct why *why)
{
	printf("  %-12s malformed: %s\n", object, why->text);
}

/* Returns the size of a signature by the device's key, 0 if there is none */
static size_t show_certificates(const struct evidence *ev)
{
	char subject[CHAIN_NAME];
	uint32_t algorithms = 0;
	struct chain chain;
	struct why why = {};

	if (chain_parse(&ev->certificates, &chain, &why)) {
		show_bad("certificates", &why);
		return 0;
	}
	for (unsigned int i = 0; i < chain.nr; i++) {
		chain_subject(chain.cert[i], subject);
		printf("  %-12s %u: %s\n", i ? "" : "certificates", i + 1, subject);
	}
	if (chain_device_name(&chain, NULL, subject, &why) >= 0)
		printf("  %-12s %s\n", "name", subject);
	algorithms = signature_algorithms(chain_key(&chain));
	chain_free(&chain);
	return spdm_signature_size(algorithms & -algorithms);
}

static void show_block(const struct spdm_block *block)
{
	size_t shown = block->size < VALUE_SHOWN ? block->size : VALUE_SHOWN;

	printf("    0x%02x %-22s %s ", block->index, measurement_type(block->type),
	       block->type & SPDM_TYPE_RAW ? "raw   " : "digest");
	for (size_t i = 0; i < shown; i++)
		printf("%02x", block->value[i]);
	printf("%s\n", shown < block->size ? "..." : "");
}

static void show_measurements(const struct evidence *ev, size_t signature_size)
{
	char algorithm[SIGNATURE_ALGORITHM] = "algorithms unknown";
	struct spdm_connection connection;
	struct spdm_measurements meas;
	struct why why = {};
	int rc;

	rc = ev->vca.size ? spdm_parse_vca(&ev->vca, &connection, &why) :
			    spdm_parse_version(&ev->measurements, &connection, &why);
	if (rc) {
		show_bad("vca", &why);
		return;
	}
	if (connection.known)
		(void)signature_name(&connection, algorithm, &why);
	printf("  %-12s 1.%u, %s\n", "SPDM", connection.version & 0xf, algorithm);

	if (spdm_parse_measurements(&ev->measurements, &connection, signature_size, &meas, &why)) {
		show_bad("measurements", &why);
		return;
	}
	printf("  %-12s %u, signed by the key of slot %u\n", "measurements", meas.nr_blocks,
	       meas.slot);
	for (size_t i = 0; i < ARRAY_SIZE(meas.block); i++)
		if (meas.block[i].value)
			show_block(&meas.block[i]);
}

static void show_range(const struct report *report, uint32_t index)
{
	struct report_range range = report_range(report, index);

	printf("    range %u: ", index);
	if (range.id < NR_BARS)
		printf("BAR %u", range.id);
	else
		printf("Range ID %u", range.id);
	printf(", %u pages from 0x%llx%s%s%s%s\n", range.pages,
	       (unsigned long long)range.first_page << 12,
	       range.attr & RANGE_MSIX_TABLE ? ", MSI-X table" : "",
	       range.attr & RANGE_MSIX_PBA ? ", MSI-X PBA" : "",
	       range.attr & RANGE_NON_TEE_MEM ? ", not private" : "",
	       range.attr & RANGE_UPDATABLE ? ", may become shared" : "");
}

static void show_report(const struct evidence *ev)
{
	struct report report;
	struct why why = {};

	if (!ev->report.size)
		return;
	if (report_parse(&ev->report, &report, &why)) {
		show_bad("report", &why);
		return;
	}
	printf("  %-12s firmware updates %s, ATS %s, PRS %s, %u MMIO ranges\n", "report",
	       report.info & REPORT_NO_FW_UPDATE ? "locked" : "possible",
	       report.info & REPORT_ATS ? "on" : "off", report.info & REPORT_PRS ? "on" : "off",
	       report.nr_ranges);
	if (report.reserved)
		printf("    reserved bits of %s are set\n", report.reserved);
	for (uint32_t i = 0; i < report.nr_ranges; i++)
		show_range(&report, i);
}

void show_evidence(const struct evidence *ev)
{
	size_t signature_size = show_certificates(ev);

	show_measurements(ev, signature_size);
	show_report(ev);
	if (ev->lock_flags.size) {
		printf("  %-12s ", "lock flags");
		print_text((const char *)ev->lock_flags.data,
			   strcspn((const char *)ev->lock_flags.data, "\n"));
		putchar('\n');
	}
}

void show_verdict(const struct verdict *v)
{
	static const char *const results[] = {
		[RESULT_NOT_DONE] = "not done",
		[RESULT_NOT_ASKED] = "-",
		[RESULT_GOOD] = "good",
		[RESULT_BAD] = "BAD",
	};

	for (int i = 0; i < NR_CHECKS; i++)
		if (i != CHECK_DIGEST || v->result[i] != RESULT_GOOD)
			printf("%-*s %-8s %s\n", VERDICT_WIDTH, check_names[i],
			       results[v->result[i]], v->text[i]);
	if (v->good && v->digest[0])
		printf("%s\n", v->digest);
}
