// SPDX-License-Identifier: GPL-2.0
/*
 * The evidence digest. What goes into it, byte for byte, is specified in
 * Documentation/PCI/tsm-guest.rst.
 */

#include <errno.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "digest.h"

#define MAGIC		"PCITSM"
#define FORM_VERSION	1
#define HEAD_SIZE	16
#define DIGEST_SIZE	48
#define DIGEST_PREFIX	"sha384:"

/* Once something failed, all that follows does nothing */
struct canonical {
	EVP_MD_CTX *ctx;
	bool good;
};

static void put_bytes(struct canonical *c, const void *data, size_t size)
{
	c->good = c->good && EVP_DigestUpdate(c->ctx, data, size);
}

/* Little endian */
static void put(struct canonical *c, size_t size, uint64_t value)
{
	uint8_t data[sizeof(value)];

	for (size_t i = 0; i < size; i++)
		data[i] = value >> 8 * i;
	put_bytes(c, data, size);
}

static void put_blocks(struct canonical *c, const struct spdm_measurements *meas)
{
	put(c, 4, meas->nr_blocks);
	for (size_t i = 0; i < ARRAY_SIZE(meas->block); i++) {
		const struct spdm_block *block = &meas->block[i];
		size_t size = block->size;

		if (!block->value)
			continue;
		/* Says nothing about the device, and may be different each time */
		if ((block->type & SPDM_TYPE_MASK) == SPDM_TYPE_INFORMATIONAL)
			size = 0;
		put(c, 1, block->index);
		put(c, 1, block->spec);
		put(c, 1, block->type);
		put(c, 1, 0);
		put(c, 2, size);
		put_bytes(c, block->value, size);
	}
}

/*
 * Where in its BAR a range is; where that cannot be told, counted from the first range
 * with the same Range ID
 */
static void put_ranges(struct canonical *c, const struct report *report,
		       const struct bars *bars)
{
	uint64_t first = 0;

	for (uint32_t i = 0; i < report->nr_ranges; i++) {
		struct report_range range = report_range(report, i);
		uint64_t pages = range.id < NR_BARS ? bars->pages[range.id] : 0;

		if (!i || range.id != report_range(report, i - 1).id)
			first = range.first_page;
		if (pages && !(pages & (pages - 1)))
			put(c, 8, range.first_page & (pages - 1));
		else
			put(c, 8, range.first_page - first);
		put(c, 8, pages);
		put(c, 4, range.pages);
		put(c, 2, range.attr);
		put(c, 2, range.id);
	}
}

static void put_all(struct canonical *c, const struct bytes *certificates,
		    const struct spdm_connection *connection,
		    const struct spdm_measurements *meas, const struct lock_flags *flags,
		    const struct report *report, const struct bars *bars)
{
	put_bytes(c, MAGIC, strlen(MAGIC));
	put(c, 2, FORM_VERSION);
	put(c, 1, connection->version);
	put(c, 1, meas->slot);
	put(c, 1, connection->meas_spec);
	put(c, 1, 0);
	put(c, 4, connection->meas_hash);
	put(c, 4, connection->base_asym);
	put(c, 4, connection->base_hash);
	put(c, 4, certificates->size);
	put_bytes(c, certificates->data, certificates->size);
	put_blocks(c, meas);
	put(c, 2, flags->known);
	put(c, 2, flags->set);
	put_bytes(c, report->head, HEAD_SIZE);
	put_ranges(c, report, bars);
	put_bytes(c, report->tail, report->tail_size);
}

int digest_evidence(const struct bytes *certificates, const struct spdm_connection *connection,
		    const struct spdm_measurements *meas, const struct lock_flags *flags,
		    const struct report *report, const struct bars *bars, char *text)
{
	struct canonical c = { .ctx = EVP_MD_CTX_new() };
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA2-384", NULL);
	uint8_t digest[EVP_MAX_MD_SIZE];

	c.good = c.ctx && md && EVP_DigestInit_ex(c.ctx, md, NULL);
	put_all(&c, certificates, connection, meas, flags, report, bars);
	c.good = c.good && EVP_DigestFinal_ex(c.ctx, digest, NULL);
	EVP_MD_CTX_free(c.ctx);
	EVP_MD_free(md);
	ERR_clear_error();
	if (!c.good)
		return -ENOMEM;

	memcpy(text, DIGEST_PREFIX, sizeof(DIGEST_PREFIX));
	hex_format(digest, DIGEST_SIZE, text + strlen(DIGEST_PREFIX));
	return 0;
}
