// SPDX-License-Identifier: GPL-2.0
/*
 * Parser of GET_MEASUREMENTS and MEASUREMENTS, DMTF DSP0274: a signed request for all
 * blocks, and what came of it. Each block for itself, each index once, and nothing
 * between or behind them.
 */

#include <errno.h>
#include <string.h>

#include "spdm.h"

#define MEASUREMENTS		0x60
#define GET_MEASUREMENTS	0xe0

#define AT_CODE			1
#define AT_PARAM1		2
#define AT_PARAM2		3

/* GET_MEASUREMENTS */
#define ATTR_SIGNATURE		0x1
#define ATTR_RAW		0x2	/* from SPDM 1.2 on */
#define ATTR_NEW		0x4	/* from SPDM 1.3 on */
#define ALL_BLOCKS		0xff
#define REQUEST_AT_NONCE	4
#define REQUEST_AT_SLOT		36
#define REQUEST_SIZE_10		36
#define REQUEST_SIZE_11		37
#define CONTEXT_SIZE		8	/* from SPDM 1.3 on, behind all else */
#define SLOT_MASK		0xf
#define SLOTS			8

/* MEASUREMENTS */
#define RESPONSE_AT_BLOCKS	4
#define RESPONSE_AT_LENGTH	5
#define RESPONSE_RECORD		8
#define CONTENT_SHIFT		4
#define CONTENT_MASK		0x3
#define CONTENT_CHANGED		1
#define CONTENT_RESERVED	3
#define OPAQUE_MOST		1024
#define PADDING_MOST		3

/* Measurement block */
#define BLOCK_AT_SPEC		1
#define BLOCK_AT_SIZE		2
#define BLOCK_AT_TYPE		4
#define BLOCK_AT_VALUE_SIZE	5
#define BLOCK_VALUE		7
#define BLOCK_VALUE_HEADER	3	/* type and size of the value */
#define MEAS_SPEC_DMTF		1
#define INDEX_RESERVED_FIRST	0xf0
#define INDEX_RESERVED_LAST	0xfc

int spdm_parse_version(const struct bytes *measurements, struct spdm_connection *connection,
		       struct why *why)
{
	*connection = (struct spdm_connection) {};

	if (!measurements->size)
		return refuse(why, "there are no messages");
	connection->version = measurements->data[0];
	if (connection->version < SPDM_VERSION_10 || connection->version > SPDM_VERSION_13)
		return refuse(why, "expected SPDM 1.0 to 1.3, found version 0x%02x",
			      connection->version);
	if (connection->version >= SPDM_VERSION_12)
		return refuse(why, "expected a vca: from SPDM 1.2 on it is part of what is signed");
	return 0;
}

static size_t request_size(uint8_t version)
{
	if (version >= SPDM_VERSION_13)
		return REQUEST_SIZE_11 + CONTEXT_SIZE;
	return version >= SPDM_VERSION_11 ? REQUEST_SIZE_11 : REQUEST_SIZE_10;
}

static int parse_attributes(const uint8_t *request, uint8_t version, struct why *why)
{
	uint8_t known = ATTR_SIGNATURE, attributes = request[AT_PARAM1];

	if (version >= SPDM_VERSION_12)
		known |= ATTR_RAW;
	if (version >= SPDM_VERSION_13)
		known |= ATTR_NEW;

	if (!(attributes & ATTR_SIGNATURE))
		return refuse(why, "GET_MEASUREMENTS does not ask for a signature");
	if (attributes & ~known)
		return refuse(why, "GET_MEASUREMENTS: attributes 0x%02x are not of SPDM 1.%u",
			      attributes, version & 0xf);
	if (request[AT_PARAM2] != ALL_BLOCKS)
		return refuse(why, "GET_MEASUREMENTS: expected a request for all (0xff); "
			      "found one for 0x%02x",
			      request[AT_PARAM2]);
	return 0;
}

static int take_request(struct cursor *c, uint8_t version, struct spdm_measurements *result,
			struct why *why)
{
	const uint8_t *p = take(c, request_size(version));

	if (!p)
		return refuse(why, "GET_MEASUREMENTS: expected %zu bytes, found %zu: cut off",
			      request_size(version), c->left);
	if (p[AT_CODE] != GET_MEASUREMENTS)
		return refuse(why, "expected GET_MEASUREMENTS (code 0xe0), found code 0x%02x",
			      p[AT_CODE]);
	if (p[0] != version)
		return refuse(why, "GET_MEASUREMENTS: expected SPDM version 0x%02x, found 0x%02x",
			      version, p[0]);
	if (parse_attributes(p, version, why))
		return -EBADMSG;

	result->nonce = p + REQUEST_AT_NONCE;
	if (version >= SPDM_VERSION_11)
		result->slot = p[REQUEST_AT_SLOT] & SLOT_MASK;
	if (result->slot >= SLOTS)
		return refuse(why, "GET_MEASUREMENTS: slot %u is none of certificates",
			      result->slot);
	return 0;
}

int spdm_parse_request(const struct bytes *measurements,
		       const struct spdm_connection *connection,
		       struct spdm_measurements *result, struct why *why)
{
	struct cursor c = cursor_of(measurements);

	memset(result, 0, sizeof(*result));
	return take_request(&c, connection->version, result, why);
}

/* Of SHA-256, 384, 512, SHA3-256, 384, 512, SM3; 0: there are no digests */
static unsigned int meas_hash_size(const struct spdm_connection *connection)
{
	static const uint8_t sizes[] = { 0, 32, 48, 64, 32, 48, 64, 32 };

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++)
		if (connection->meas_hash == 1U << i)
			return sizes[i];
	return 0;
}

/*
 * A digest has the size of the algorithm that was negotiated. Where that is not known, all
 * of them have the same size, one of a hash: @size is 0 for the first.
 */
static int check_digest(const struct spdm_connection *connection,
			const struct spdm_block *block, unsigned int *size, struct why *why)
{
	if (connection->known && !*size)
		return refuse(why, "measurement 0x%02x: a digest, but raw values were agreed on",
			      block->index);
	if (!*size && (block->size == 32 || block->size == 48 || block->size == 64))
		*size = block->size;
	if (!*size || block->size != *size)
		return refuse(why, "measurement 0x%02x: expected a digest of %u bytes, found %u",
			      block->index, *size, block->size);
	return 0;
}

static int check_block(const struct spdm_block *block, const struct spdm_measurements *result,
		       uint16_t whole, struct why *why)
{
	if (whole != BLOCK_VALUE_HEADER + block->size)
		return refuse(why, "measurement 0x%02x: expected a size of %u, found %u",
			      block->index, BLOCK_VALUE_HEADER + block->size, whole);
	if (block->spec != MEAS_SPEC_DMTF)
		return refuse(why, "measurement 0x%02x: expected format 0x01 (DMTF), found 0x%02x",
			      block->index, block->spec);
	if (!block->index || block->index == ALL_BLOCKS ||
	    (block->index >= INDEX_RESERVED_FIRST && block->index <= INDEX_RESERVED_LAST))
		return refuse(why, "measurement 0x%02x: the index is reserved", block->index);
	if (result->block[block->index].value)
		return refuse(why, "measurement 0x%02x is there twice", block->index);
	return 0;
}

static int take_block(struct cursor *c, const struct spdm_connection *connection,
		      unsigned int *digest_size, struct spdm_measurements *result,
		      struct why *why)
{
	const uint8_t *p = take(c, BLOCK_VALUE);
	struct spdm_block block;

	if (!p)
		return refuse(why, "the last measurement is cut off");
	block = (struct spdm_block) {
		.index = p[0],
		.spec = p[BLOCK_AT_SPEC],
		.type = p[BLOCK_AT_TYPE],
		.size = get_le16(p + BLOCK_AT_VALUE_SIZE),
		.value = p + BLOCK_VALUE,
	};
	if (check_block(&block, result, get_le16(p + BLOCK_AT_SIZE), why))
		return -EBADMSG;
	if (!take(c, block.size))
		return refuse(why, "measurement 0x%02x: %u bytes, where %zu are left in the record",
			      block.index, block.size, c->left);
	if (!(block.type & SPDM_TYPE_RAW) && check_digest(connection, &block, digest_size, why))
		return -EBADMSG;

	result->block[block.index] = block;
	return 0;
}

static int parse_record(struct cursor record, const struct spdm_connection *connection,
			struct spdm_measurements *result, struct why *why)
{
	unsigned int digest_size = connection->known ? meas_hash_size(connection) : 0;

	if (!result->nr_blocks)
		return refuse(why, "MEASUREMENTS has no measurements");
	for (unsigned int i = 0; i < result->nr_blocks; i++)
		if (take_block(&record, connection, &digest_size, result, why))
			return -EBADMSG;
	if (record.left)
		return refuse(why, "%zu bytes of the record follow the %u measurements it says",
			      record.left, result->nr_blocks);
	return 0;
}

/* Slot and, from SPDM 1.2 on, whether something changed while it was measured */
static int parse_slot(uint8_t param2, uint8_t version, struct spdm_measurements *result,
		      struct why *why)
{
	unsigned int content = param2 >> CONTENT_SHIFT & CONTENT_MASK;

	if (version >= SPDM_VERSION_11 && (param2 & SLOT_MASK) != result->slot)
		return refuse(why, "MEASUREMENTS: expected slot %u, found %u", result->slot,
			      param2 & SLOT_MASK);
	if (version < SPDM_VERSION_12)
		return 0;
	if (content == CONTENT_RESERVED)
		return refuse(why, "MEASUREMENTS: what it says of changes is reserved");
	result->changed = content == CONTENT_CHANGED;
	return 0;
}

static int take_response(struct cursor *c, const struct spdm_connection *connection,
			 struct spdm_measurements *result, struct why *why)
{
	const uint8_t *p = take(c, RESPONSE_RECORD);
	struct cursor record;
	uint32_t size;

	if (!p)
		return refuse(why, "expected MEASUREMENTS, found %zu bytes: cut off", c->left);
	if (p[AT_CODE] != MEASUREMENTS)
		return refuse(why, "expected MEASUREMENTS (code 0x60), found code 0x%02x",
			      p[AT_CODE]);
	if (p[0] != connection->version)
		return refuse(why, "MEASUREMENTS: expected SPDM version 0x%02x, found 0x%02x",
			      connection->version, p[0]);
	if (parse_slot(p[AT_PARAM2], connection->version, result, why))
		return -EBADMSG;

	result->nr_blocks = p[RESPONSE_AT_BLOCKS];
	size = get_le24(p + RESPONSE_AT_LENGTH);
	record.left = size;
	record.p = take(c, size);
	if (!record.p)
		return refuse(why, "MEASUREMENTS: a record of %u bytes, where %zu are left",
			      size, c->left);
	return parse_record(record, connection, result, why);
}

/* Nonce of the device, opaque data, and the context of the request */
static int take_rest(struct cursor *c, const uint8_t *request, uint8_t version,
		     struct why *why)
{
	const uint8_t *p;
	uint16_t size;

	if (!take(c, SPDM_NONCE_SIZE))
		return refuse(why, "MEASUREMENTS: the nonce of the device is cut off");
	p = take(c, sizeof(size));
	if (!p)
		return refuse(why, "MEASUREMENTS: the size of its opaque data is cut off");
	size = get_le16(p);
	if (size > OPAQUE_MOST)
		return refuse(why, "MEASUREMENTS: expected at most %u opaque bytes, found %u",
			      OPAQUE_MOST, size);
	if (!take(c, size))
		return refuse(why, "MEASUREMENTS: %u bytes of opaque data, where %zu are left",
			      size, c->left);

	if (version < SPDM_VERSION_13)
		return 0;
	p = take(c, CONTEXT_SIZE);
	if (!p)
		return refuse(why, "MEASUREMENTS: the context of the request is cut off");
	if (memcmp(p, request + REQUEST_SIZE_11, CONTEXT_SIZE))
		return refuse(why, "MEASUREMENTS: expected the context of the request; "
			      "found that of another");
	return 0;
}

/* A DOE object is a multiple of four bytes */
static int check_padding(const struct cursor *c, struct why *why)
{
	if (c->left > PADDING_MOST)
		return refuse(why, "%zu bytes follow the signature; expected nothing", c->left);
	for (size_t i = 0; i < c->left; i++)
		if (c->p[i])
			return refuse(why, "padding behind the signature is not zero");
	return 0;
}

int spdm_parse_measurements(const struct bytes *measurements,
			    const struct spdm_connection *connection, size_t signature_size,
			    struct spdm_measurements *result, struct why *why)
{
	struct cursor c = cursor_of(measurements);
	const uint8_t *request = c.p;

	memset(result, 0, sizeof(*result));
	if (connection->known)
		signature_size = spdm_signature_size(connection->base_asym);
	if (take_request(&c, connection->version, result, why) ||
	    take_response(&c, connection, result, why) ||
	    take_rest(&c, request, connection->version, why))
		return -EBADMSG;

	result->signed_size = c.p - request;
	result->signature_size = signature_size;
	result->signature = take(&c, signature_size);
	if (!result->signature || !signature_size)
		return refuse(why, "expected a signature of %zu bytes, found %zu: cut off",
			      signature_size, c.left);
	return check_padding(&c, why);
}
