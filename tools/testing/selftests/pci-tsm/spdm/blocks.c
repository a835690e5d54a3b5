// SPDX-License-Identifier: GPL-2.0
/*
 * The measurement blocks that the device can have
 *
 * A digest is one of some text, which is the raw form of the measurement.
 */
#include <stdio.h>
#include <string.h>

#include "responder.h"
#include "util.h"

/* Nothing of a device is measured twice, so that no two digests are equal */
static const char * const measured[] = {
	[SPDM_TYPE_ROM] = "immutable ROM",
	[SPDM_TYPE_FIRMWARE] = "mutable firmware",
	[SPDM_TYPE_HARDWARE_CONFIG] = "hardware configuration",
	[SPDM_TYPE_FIRMWARE_CONFIG] = "firmware configuration",
};

static struct block *add(struct blocks *blocks, uint8_t index, uint8_t type)
{
	struct block *block = &blocks->block[blocks->count++];

	block->index = index;
	block->type = type;
	block->since = type == SPDM_TYPE_INFORMATIONAL ? SPDM_1_3 : SPDM_1_1;
	return block;
}

static void add_raw(struct blocks *blocks, uint8_t index, uint8_t type, const void *data,
		    size_t size)
{
	struct block *block = add(blocks, index, type);

	memcpy(block->raw, data, size);
	block->raw_size = size;
}

static void add_text(struct blocks *blocks, uint8_t index, uint8_t type, const char *text)
{
	add_raw(blocks, index, type, text, strlen(text));
}

static bool add_digest(struct blocks *blocks, uint8_t index, uint8_t type,
		       const struct crypto *crypto)
{
	struct block *block = add(blocks, index, type);

	block->digest = true;
	block->raw_size = snprintf((char *)block->raw, sizeof(block->raw), "%s %u",
				   measured[type], index);
	return crypto_hash(crypto, block->raw, block->raw_size, block->hash);
}

/* A measurement that nothing was extended to */
static void add_zero_digest(struct blocks *blocks, uint8_t index, uint8_t type)
{
	add(blocks, index, type)->digest = true;
}

static void add_svn(struct blocks *blocks, uint8_t index)
{
	uint8_t svn[8] = { 7 };

	add_raw(blocks, index, SPDM_TYPE_SVN, svn, sizeof(svn));
}

/* In normal operation, nothing else possible, and no debug mode now or before */
static void add_device_mode(struct blocks *blocks)
{
	uint8_t mode[16] = { 0 };

	le_put(mode, 4, 0x4);
	le_put(mode + 4, 4, 0x4);
	add_raw(blocks, SPDM_INDEX_DEVICE_MODE, SPDM_TYPE_DEVICE_MODE, mode, sizeof(mode));
}

static bool make_default(struct blocks *blocks, const struct crypto *crypto)
{
	for (uint8_t type = SPDM_TYPE_ROM; type <= SPDM_TYPE_FIRMWARE_CONFIG; type++) {
		if (!add_digest(blocks, 1 + type, type, crypto))
			return false;
	}
	add_text(blocks, 5, SPDM_TYPE_VERSION, "1.0.0");
	add_svn(blocks, 0x10);
	add_text(blocks, SPDM_INDEX_MANIFEST, SPDM_TYPE_MANIFEST, "test device, one firmware");
	add_device_mode(blocks);
	return true;
}

/* 48 digests, each fourth of them zero, and raw ones; no order of indices */
static bool make_many(struct blocks *blocks, const struct crypto *crypto)
{
	add_device_mode(blocks);
	add_text(blocks, 0xef, SPDM_TYPE_INFORMATIONAL, "nothing to rely on");
	for (unsigned int i = 1; i <= 48; i++) {
		/* Goes through 1 to 48, since 29 and 49 have no common divisor */
		uint8_t index = i * 29 % 49;

		if (index % 4 == 0)
			add_zero_digest(blocks, index, i % 4);
		else if (!add_digest(blocks, index, i % 4, crypto))
			return false;
	}
	add_text(blocks, 0x42, SPDM_TYPE_VERSION, "2.11.0-rc3");
	add_text(blocks, 0x41, SPDM_TYPE_VERSION, "7");
	add_svn(blocks, 0x80);
	add_svn(blocks, 0x40);
	add_text(blocks, SPDM_INDEX_MANIFEST, SPDM_TYPE_MANIFEST, "test device, much firmware");
	return true;
}

bool blocks_make(struct blocks *blocks, enum block_kind kind, const struct crypto *crypto)
{
	switch (kind) {
	case BLOCKS_MANY:
		return make_many(blocks, crypto);
	case BLOCKS_MINIMAL:
		return add_digest(blocks, 1, SPDM_TYPE_FIRMWARE, crypto);
	default:
		return make_default(blocks, crypto);
	}
}

struct block *blocks_find(struct blocks *blocks, uint8_t index)
{
	for (unsigned int i = 0; i < blocks->count; i++) {
		if (blocks->block[i].index == index)
			return &blocks->block[i];
	}
	return NULL;
}
