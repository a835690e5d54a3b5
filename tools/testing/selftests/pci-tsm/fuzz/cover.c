// SPDX-License-Identifier: GPL-2.0
/*
 * Run every test vector through the parsers, as KUnit does, and fail if a result
 * is not the expected one. With a directory, write the vectors as seeds for the
 * fuzz targets to its subdirectories.
 */

#include <errno.h>
#include <linux/kernel.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "place.h"
#include "shape.h"
#include "spdm.h"
#include "tests/report_vectors.h"
#undef GOOD
#undef RANGE
#undef MSIX
#include "tests/spdm_vectors.h"

static const char *seeds;
static unsigned int failed, number;

/* A file for a fuzz target: what the target wants in front, and the vector */
static void seed(const char *target, const void *front, size_t front_len,
		 const u8 *buf, size_t len)
{
	char name[4096];
	FILE *file;

	if (!seeds)
		return;
	snprintf(name, sizeof(name), "%s/%s/vector-%u", seeds, target, number++);
	file = fopen(name, "w");
	if (!file || fwrite(front, 1, front_len, file) != front_len ||
	    fwrite(buf, 1, len, file) != len || fclose(file)) {
		perror(name);
		exit(1);
	}
}

static void expect(const struct vector_case *c, bool good, int rc)
{
	if (rc == (good ? 0 : -EBADMSG))
		return;
	fprintf(stderr, "%s: %s: returns %d\n", c->from->name, c->name, rc);
	failed++;
}

/* Functions that some of the reports fit: report_msix's and others */
static const struct shape shapes[] = {
	{
		.bar = { 14, 12, 16, 15, 15, 0 },
		.table_bar = 0,
		.table_page = 2,
		.pba_bar = 0,
		.pba_page = 3,
		.msix_control = { 0x03, 0x80 },
	},
	{ .bar = { 14, 12, 16 }, .table_bar = 0, .table_pages = 1, .pba_page = 2 },
	{ .bar = { 12, 14, 16, 15, 15 }, .table_bar = 5, .pba_bar = 5 },
	{ .bar = { 10, 14, 16, 15 | SHAPE_INSIDE, 15 }, .table_bar = 5, .pba_bar = 5 },
	{ .bar = { 14, 14, 16 | SHAPE_INSIDE, 15, 16 }, .table_bar = 5, .pba_bar = 5 },
	{ .bar = {} },
};

static void run_report(const struct vector_case *c, const u8 *buf, size_t len)
{
	struct pci_tsm_mmio_range *range;
	struct pci_tsm_layout layout;
	struct pci_tsm_misfit misfit;
	struct pci_tsm_report report;
	u32 nr;
	int rc;

	rc = pci_tsm_report_parse(buf, len, &report);
	expect(c, c->good, rc);
	seed("report", NULL, 0, buf, len);
	if (rc)
		return;
	if (report.reserved_bits != c->reserved)
		expect(c, true, -EPROTO);

	range = calloc(report.nr_ranges + 1, sizeof(*range));
	if (!range)
		abort();
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		struct shape shape = shapes[i];

		for (shape.flags = 0; shape.flags < 8; shape.flags++) {
			shape_layout(&shape, &layout);
			pci_tsm_place(&layout, &report, range, &nr, &misfit);
			seed("place", &shape, sizeof(shape), buf, len);
		}
	}
	free(range);
}

static void run_vca(const struct vector_case *c, const u8 *buf, size_t len)
{
	struct pci_tsm_spdm_vca vca;

	expect(c, c->good, pci_tsm_spdm_parse_vca(buf, len, &vca));
	seed("vca", NULL, 0, buf, len);
}

static u8 bit_of(u32 val)
{
	u8 bit = 0;

	while (val >>= 1)
		bit++;
	return bit;
}

static void run_meas(const struct vector_case *c, const u8 *buf, size_t len)
{
	const struct pci_tsm_spdm_vca *vca = c->with;
	const u8 front[] = {
		vca->version & 3, bit_of(vca->meas_hash_algo), bit_of(vca->base_asym_algo),
	};
	struct pci_tsm_spdm_block block;
	struct pci_tsm_spdm_meas meas;
	unsigned int found = 0;
	int rc;

	rc = pci_tsm_spdm_parse_meas(buf, len, vca, &meas);
	expect(c, c->good, rc);
	seed("meas", front, sizeof(front), buf, len);

	for (int index = 0; !rc && index < 256; index++)
		found += pci_tsm_spdm_block(&meas, index, &block);
	if (!rc && found != meas.nr_blocks)
		expect(c, true, -EPROTO);
}

static void run_chain(const struct vector_case *c, const u8 *buf, size_t len)
{
	expect(c, c->good, pci_tsm_spdm_check_chain(buf, len));
	seed("chain", NULL, 0, buf, len);
}

static void run_all(const struct vector_case *cases, size_t nr,
		    void (*run)(const struct vector_case *c, const u8 *buf, size_t len))
{
	for (size_t i = 0; i < nr; i++) {
		u8 *buf = malloc(vector_room(&cases[i]) + 1);

		if (!buf)
			abort();
		run(&cases[i], buf, vector_make(&cases[i], buf));
		free(buf);
	}
}

#define RUN_ALL(cases, run) run_all(cases, ARRAY_SIZE(cases), run)

int main(int argc, char **argv)
{
	if (argc > 1)
		seeds = argv[1];

	RUN_ALL(report_cases, run_report);
	RUN_ALL(vca_cases, run_vca);
	RUN_ALL(meas_cases, run_meas);
	RUN_ALL(chain_cases, run_chain);
	return failed ? 1 : 0;
}
