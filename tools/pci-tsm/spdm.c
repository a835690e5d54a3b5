// SPDX-License-Identifier: GPL-2.0
/*
 * Parser of the SPDM messages by which a connection is negotiated, DMTF DSP0274: a
 * version, capabilities, algorithms. There must be one way only to read them, so that
 * nobody can be made to see something else in them than the device signed.
 */

#include <errno.h>

#include "spdm.h"

/* Codes */
#define VERSION			0x04
#define CAPABILITIES		0x61
#define ALGORITHMS		0x63
#define GET_VERSION		0x84
#define GET_CAPABILITIES	0xe1
#define NEGOTIATE_ALGORITHMS	0xe3

/* All messages: version, code, two parameters */
#define HEADER			4
#define AT_CODE			1
#define AT_PARAM1		2

#define VERSION_AT_COUNT	5
#define VERSION_ENTRIES		6

#define CAPABILITIES_SIZE_11	12
#define CAPABILITIES_SIZE_12	20
#define CAPABILITIES_AT_FLAGS	8
#define CAPABILITIES_ALGORITHMS	0x01	/* in Param1 of both */
#define CAP_MEAS_SHIFT		3
#define CAP_MEAS_MASK		0x3
#define CAP_MEAS_SIGNED		2
#define CAP_MEAS_FRESH		0x20

#define NEGOTIATE_SIZE		32
#define NEGOTIATE_AT_EXT	28
#define ALGORITHMS_SIZE		36
#define ALGORITHMS_AT_EXT	32
/* Same place in both */
#define ALGORITHMS_AT_LENGTH	4
#define ALGORITHMS_AT_SPEC	6
#define EXT_SIZE		4
#define TABLE_HEADER		2

#define MEAS_SPEC_DMTF		1
#define MEAS_HASH_KNOWN		0xff
#define BASE_HASH_KNOWN		0x7f

size_t spdm_signature_size(uint32_t base_asym)
{
	switch (base_asym) {
	case SPDM_RSASSA_2048:
	case SPDM_RSAPSS_2048:
		return 256;
	case SPDM_RSASSA_3072:
	case SPDM_RSAPSS_3072:
		return 384;
	case SPDM_RSASSA_4096:
	case SPDM_RSAPSS_4096:
		return 512;
	case SPDM_ECDSA_P256:
		return 64;
	case SPDM_ECDSA_P384:
		return 96;
	case SPDM_ECDSA_P521:
		return 132;
	default:
		return 0;
	}
}

/* The message that must come next, at least @size bytes of it, without moving on */
static const uint8_t *peek(const struct cursor *c, uint8_t version, uint8_t code,
			   size_t size, const char *name, struct why *why)
{
	if (c->left < 2) {
		refuse(why, "expected %s, found the end", name);
		return NULL;
	}
	if (c->p[AT_CODE] != code) {
		refuse(why, "expected %s (code 0x%02x), found code 0x%02x", name, code,
		       c->p[AT_CODE]);
		return NULL;
	}
	if (c->p[0] != version) {
		refuse(why, "%s: expected SPDM version 0x%02x, found 0x%02x", name, version,
		       c->p[0]);
		return NULL;
	}
	if (c->left < size) {
		refuse(why, "%s: expected %zu bytes, found %zu: cut off", name, size, c->left);
		return NULL;
	}
	return c->p;
}

static const uint8_t *take_message(struct cursor *c, uint8_t version, uint8_t code,
				   size_t size, const char *name, struct why *why)
{
	return peek(c, version, code, size, name, why) ? take(c, size) : NULL;
}

/* Was it on offer? Which of its updates is meant does not matter */
static bool version_listed(const uint8_t *response, uint8_t version)
{
	for (unsigned int i = 0; i < response[VERSION_AT_COUNT]; i++)
		if (response[VERSION_ENTRIES + 2 * i + 1] == version)
			return true;
	return false;
}

static int parse_versions(struct cursor *c, struct spdm_connection *connection,
			  struct why *why)
{
	const uint8_t *response;
	size_t size;

	if (!take_message(c, SPDM_VERSION_10, GET_VERSION, HEADER, "GET_VERSION", why))
		return -EBADMSG;
	response = peek(c, SPDM_VERSION_10, VERSION, VERSION_ENTRIES, "VERSION", why);
	if (!response)
		return -EBADMSG;
	size = VERSION_ENTRIES + 2 * response[VERSION_AT_COUNT];
	if (!take(c, size))
		return refuse(why, "VERSION: %u versions in %zu bytes: cut off",
			      response[VERSION_AT_COUNT], c->left);

	if (!c->left)
		return refuse(why, "expected GET_CAPABILITIES, found the end");
	connection->version = c->p[0];
	if (connection->version < SPDM_VERSION_10 || connection->version > SPDM_VERSION_13)
		return refuse(why, "expected SPDM 1.0 to 1.3, found version 0x%02x",
			      connection->version);
	if (!version_listed(response, connection->version))
		return refuse(why, "version 0x%02x is used, but VERSION does not offer it",
			      connection->version);
	return 0;
}

/* What the device can do, if it was asked: from SPDM 1.3 on */
static int skip_supported_algorithms(struct cursor *c, uint8_t asked, struct why *why)
{
	size_t size;

	if (!(asked & CAPABILITIES_ALGORITHMS))
		return refuse(why, "CAPABILITIES: has algorithms that nobody asked for");
	if (c->left < HEADER)
		return refuse(why, "CAPABILITIES: its algorithms are cut off");
	size = get_le16(c->p + 2);
	if (size < HEADER || !take(c, size))
		return refuse(why, "CAPABILITIES: its algorithms do not have the %zu bytes said",
			      size);
	return 0;
}

static int parse_capabilities(struct cursor *c, struct spdm_connection *connection,
			      struct why *why)
{
	uint8_t version = connection->version;
	const uint8_t *request, *response;
	size_t size, request_size;
	uint32_t flags;

	size = version >= SPDM_VERSION_12 ? CAPABILITIES_SIZE_12 : CAPABILITIES_SIZE_11;
	request_size = version == SPDM_VERSION_10 ? HEADER : size;

	request = take_message(c, version, GET_CAPABILITIES, request_size,
			       "GET_CAPABILITIES", why);
	if (!request)
		return -EBADMSG;
	response = take_message(c, version, CAPABILITIES, size, "CAPABILITIES", why);
	if (!response)
		return -EBADMSG;

	flags = get_le32(response + CAPABILITIES_AT_FLAGS);
	if ((flags >> CAP_MEAS_SHIFT & CAP_MEAS_MASK) != CAP_MEAS_SIGNED)
		return refuse(why, "CAPABILITIES: expected MEAS_CAP 2 (signed), found MEAS_CAP %u",
			      flags >> CAP_MEAS_SHIFT & CAP_MEAS_MASK);
	connection->fresh = flags & CAP_MEAS_FRESH;

	if (version < SPDM_VERSION_13 || !(response[AT_PARAM1] & CAPABILITIES_ALGORITHMS))
		return 0;
	return skip_supported_algorithms(c, request[AT_PARAM1], why);
}

/* Extended algorithms and tables must fill what is behind the fixed part */
static bool tables_fit(struct cursor c, unsigned int tables, unsigned int ext)
{
	if (!take(&c, (size_t)ext * EXT_SIZE))
		return false;
	for (unsigned int i = 0; i < tables; i++) {
		const uint8_t *table = take(&c, TABLE_HEADER);

		/* Bits 7:4 count bytes, bits 3:0 extended algorithms */
		if (!table || !take(&c, (table[1] >> 4) + (table[1] & 0xf) * EXT_SIZE))
			return false;
	}
	return !c.left;
}

/* NEGOTIATE_ALGORITHMS or ALGORITHMS, which say how long they are */
static const uint8_t *take_algorithms(struct cursor *c, uint8_t version, uint8_t code,
				      size_t least, size_t at_ext, const char *name,
				      struct why *why)
{
	const uint8_t *p = peek(c, version, code, least, name, why);
	/* There were no tables before SPDM 1.1 */
	unsigned int tables;
	struct cursor rest;
	size_t size;

	if (!p)
		return NULL;
	size = get_le16(p + ALGORITHMS_AT_LENGTH);
	if (size < least || !take(c, size)) {
		refuse(why, "%s: says that it has %zu bytes, of at least %zu and at most %zu",
		       name, size, least, c->left);
		return NULL;
	}
	tables = version >= SPDM_VERSION_11 ? p[AT_PARAM1] : 0;
	rest = (struct cursor) { .p = p + least, .left = size - least };
	if (!tables_fit(rest, tables, p[at_ext] + p[at_ext + 1])) {
		refuse(why, "%s: its algorithm tables do not have the size that they say", name);
		return NULL;
	}
	return p;
}

/* One bit, of those that DSP0274 defines and that were on offer */
static int check_selected(uint32_t selected, uint32_t offered, uint32_t known,
			  const char *name, struct why *why)
{
	if (!one_bit(selected) || !(selected & known))
		return refuse(why, "ALGORITHMS: expected one %s, found 0x%x", name, selected);
	if (!(selected & offered))
		return refuse(why, "ALGORITHMS: %s 0x%x was not on offer (0x%x)", name,
			      selected, offered);
	return 0;
}

static int parse_algorithms(struct cursor *c, struct spdm_connection *connection,
			    struct why *why)
{
	const uint8_t *request, *response;

	request = take_algorithms(c, connection->version, NEGOTIATE_ALGORITHMS,
				  NEGOTIATE_SIZE, NEGOTIATE_AT_EXT, "NEGOTIATE_ALGORITHMS",
				  why);
	if (!request)
		return -EBADMSG;
	response = take_algorithms(c, connection->version, ALGORITHMS, ALGORITHMS_SIZE,
				   ALGORITHMS_AT_EXT, "ALGORITHMS", why);
	if (!response)
		return -EBADMSG;

	connection->meas_spec = response[ALGORITHMS_AT_SPEC];
	connection->meas_hash = get_le32(response + 8);
	connection->base_asym = get_le32(response + 12);
	connection->base_hash = get_le32(response + 16);

	if (response[ALGORITHMS_AT_EXT] || response[ALGORITHMS_AT_EXT + 1])
		return refuse(why, "ALGORITHMS: extended algorithms are not known here");
	if (connection->meas_spec != MEAS_SPEC_DMTF ||
	    !(request[ALGORITHMS_AT_SPEC] & MEAS_SPEC_DMTF))
		return refuse(why, "ALGORITHMS: expected the measurement format 0x01; "
			      "found 0x%02x, offered 0x%02x",
			      connection->meas_spec, request[ALGORITHMS_AT_SPEC]);
	if (!one_bit(connection->meas_hash) || !(connection->meas_hash & MEAS_HASH_KNOWN))
		return refuse(why, "ALGORITHMS: expected one hash algorithm of measurements; "
			      "found 0x%x",
			      connection->meas_hash);
	if (check_selected(connection->base_asym, get_le32(request + 8), UINT32_MAX,
			   "signature algorithm", why) ||
	    check_selected(connection->base_hash, get_le32(request + 12), BASE_HASH_KNOWN,
			   "hash algorithm", why))
		return -EBADMSG;
	if (!spdm_signature_size(connection->base_asym))
		return refuse(why, "ALGORITHMS: signature algorithm 0x%x is not known here",
			      connection->base_asym);
	return 0;
}

int spdm_parse_vca(const struct bytes *vca, struct spdm_connection *connection,
		   struct why *why)
{
	struct cursor c = cursor_of(vca);

	*connection = (struct spdm_connection) { .known = true };
	if (parse_versions(&c, connection, why) || parse_capabilities(&c, connection, why) ||
	    parse_algorithms(&c, connection, why))
		return -EBADMSG;
	if (c.left)
		return refuse(why, "%zu bytes follow ALGORITHMS; "
			      "expected six messages and nothing else",
			      c.left);
	return 0;
}
