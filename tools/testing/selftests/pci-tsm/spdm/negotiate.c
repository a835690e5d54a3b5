// SPDX-License-Identifier: GPL-2.0
/*
 * GET_VERSION, GET_CAPABILITIES, NEGOTIATE_ALGORITHMS
 */
#include <string.h>

#include "responder.h"
#include "util.h"

/* Algorithm structure tables: DHE, AEAD, ReqBaseAsymAlg, KeySchedule */
#define TABLE_FIRST	2
#define TABLE_LAST	5
#define TABLE_SIZE	4

static bool add_vca(struct connection *conn, const struct request *request, size_t size,
		    const struct reply *reply)
{
	return transcript_add_vca(&conn->transcript, request->data, size) &&
	       transcript_add_vca(&conn->transcript, reply->data, reply->size);
}

uint8_t get_version(struct device *device, const struct request *request, struct reply *reply)
{
	const struct options *options = &device->options;
	struct connection *conn = &device->conn;

	if (request->version != SPDM_1_0)
		return SPDM_ERROR_VERSION_MISMATCH;
	if (!request_is(request, SPDM_HEADER_SIZE))
		return SPDM_ERROR_INVALID_REQUEST;

	/* The transcript was reset, as by any message of this kind */
	memset(conn, 0, sizeof(*conn));
	conn->message_max = MESSAGE_MAX;
	reply_start(reply, SPDM_1_0, SPDM_VERSION, 0, 0);
	reply_zeros(reply, 1);
	reply_number(reply, 1, options->nr_versions);
	for (unsigned int i = 0; i < options->nr_versions; i++)
		reply_number(reply, 2, options->versions[i] << 8);
	if (!add_vca(conn, request, SPDM_HEADER_SIZE, reply))
		return SPDM_ERROR_UNSPECIFIED;
	conn->state = STATE_VERSION;
	return 0;
}

static bool offered(const struct options *options, uint8_t version)
{
	for (unsigned int i = 0; i < options->nr_versions; i++) {
		if (options->versions[i] == version)
			return true;
	}
	return false;
}

/* Without CHUNK_CAP a message is a transfer. False for sizes that cannot be */
static bool take_sizes(struct connection *conn, const struct request *request)
{
	bool chunks = le_get(request->data + 8, 4) & SPDM_CHUNK_CAP;
	uint32_t transfer = le_get(request->data + 12, 4);
	uint32_t message = le_get(request->data + 16, 4);

	if (transfer < SPDM_MIN_TRANSFER_SIZE || message < transfer)
		return false;
	if (!chunks && message != transfer)
		return false;
	/* Supported algorithms are for those who can take them in chunks */
	if (request->version >= SPDM_1_3 && request->param1 & 1 && !chunks)
		return false;
	if (transfer < conn->message_max)
		conn->message_max = transfer;
	return true;
}

uint8_t get_capabilities(struct device *device, const struct request *request,
			 struct reply *reply)
{
	bool sizes = request->version >= SPDM_1_2;
	size_t size = sizes ? SPDM_CAPABILITIES_SIZE_1_2 : SPDM_CAPABILITIES_SIZE_1_1;
	struct connection *conn = &device->conn;

	if (!offered(&device->options, request->version))
		return SPDM_ERROR_VERSION_MISMATCH;
	if (!request_is(request, size) || (sizes && !take_sizes(conn, request)))
		return SPDM_ERROR_INVALID_REQUEST;

	reply_start(reply, request->version, SPDM_CAPABILITIES, 0, 0);
	/* CTExponent 20: a signature may take a second */
	reply_zeros(reply, 1);
	reply_number(reply, 1, 20);
	reply_zeros(reply, 2);
	reply_number(reply, 4, SPDM_CERT_CAP | SPDM_MEAS_CAP_SIGNED | SPDM_MEAS_FRESH_CAP);
	if (sizes) {
		reply_number(reply, 4, MESSAGE_MAX);
		reply_number(reply, 4, MESSAGE_MAX);
	}
	if (!add_vca(conn, request, size, reply))
		return SPDM_ERROR_UNSPECIFIED;
	conn->version = request->version;
	conn->state = STATE_CAPABILITIES;
	return 0;
}

/*
 * Find the algorithm structure tables at an offset of a message. False unless they
 * are of known types in ascending order and end with the message.
 */
static bool check_tables(const struct request *request, size_t at, size_t end)
{
	uint8_t last = TABLE_FIRST - 1;

	for (unsigned int i = 0; i < request->param1; i++) {
		const uint8_t *table = request->data + at;

		if (end - at < TABLE_SIZE || table[0] <= last || table[0] > TABLE_LAST)
			return false;
		/* Two bytes of algorithms, and extended algorithms of four bytes */
		if (table[1] >> 4 != 2 || end - at - TABLE_SIZE < 4u * (table[1] & 0xf))
			return false;
		last = table[0];
		at += TABLE_SIZE + 4u * (table[1] & 0xf);
	}
	return at == end;
}

static void answer_tables(const struct request *request, size_t at, struct reply *reply)
{
	for (unsigned int i = 0; i < request->param1; i++) {
		const uint8_t *table = request->data + at;

		/* No session, no mutual authentication: nothing is selected */
		reply_number(reply, 1, table[0]);
		reply_number(reply, 1, 0x20);
		reply_number(reply, 2, 0);
		at += TABLE_SIZE + 4u * (table[1] & 0xf);
	}
}

/* The one opaque data format to use, if there is any in common */
static uint8_t select_opaque(const struct request *request)
{
	uint8_t formats = request->data[7] & SPDM_OPAQUE_FORMATS;

	if (request->version < SPDM_1_2)
		return 0;
	return formats & SPDM_OPAQUE_FORMAT_GENERAL ? SPDM_OPAQUE_FORMAT_GENERAL : formats;
}

uint8_t negotiate_algorithms(struct device *device, const struct request *request,
			     struct reply *reply)
{
	const struct algorithms *alg = device->crypto.alg;
	struct connection *conn = &device->conn;
	const uint8_t *data = request->data;
	uint8_t opaque;
	size_t size, tables;

	if (request->size < SPDM_NEGOTIATE_SIZE)
		return SPDM_ERROR_INVALID_REQUEST;
	size = le_get(data + 4, 2);
	tables = SPDM_NEGOTIATE_SIZE + 4 * (data[28] + data[29]);
	if (size > SPDM_NEGOTIATE_MAX || size < tables || !request_is(request, size) ||
	    !check_tables(request, tables, size))
		return SPDM_ERROR_INVALID_REQUEST;
	if (!(le_get(data + 8, 4) & alg->base_asym) || !(le_get(data + 12, 4) & alg->base_hash))
		return SPDM_ERROR_INVALID_REQUEST;

	conn->measurements = data[6] & SPDM_MEASUREMENT_SPEC_DMTF;
	opaque = select_opaque(request);
	conn->opaque = opaque || request->version < SPDM_1_2;
	reply_start(reply, request->version, SPDM_ALGORITHMS, request->param1, 0);
	reply_number(reply, 2, SPDM_ALGORITHMS_SIZE + TABLE_SIZE * request->param1);
	reply_number(reply, 1, conn->measurements ? SPDM_MEASUREMENT_SPEC_DMTF : 0);
	reply_number(reply, 1, opaque);
	reply_number(reply, 4, conn->measurements ? alg->measurement_hash : 0);
	reply_number(reply, 4, alg->base_asym);
	reply_number(reply, 4, alg->base_hash);
	/* Reserved, no measurement extension log, no extended algorithms, reserved */
	reply_zeros(reply, 16);
	answer_tables(request, tables, reply);
	if (reply->size > conn->message_max)
		return 0;
	if (!add_vca(conn, request, size, reply))
		return SPDM_ERROR_UNSPECIFIED;
	conn->state = STATE_NEGOTIATED;
	return 0;
}
