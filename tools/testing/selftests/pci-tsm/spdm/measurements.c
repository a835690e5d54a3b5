// SPDX-License-Identifier: GPL-2.0
/*
 * GET_MEASUREMENTS, and RESPOND_IF_READY for it
 */
#include <openssl/rand.h>
#include <string.h>
#include <time.h>

#include "responder.h"
#include "util.h"

static size_t request_size(const struct request *request)
{
	size_t size = SPDM_HEADER_SIZE;

	if (request->param1 & SPDM_MEAS_SIGN)
		size += SPDM_NONCE_SIZE + 1;
	if (request->version >= SPDM_1_3)
		size += SPDM_CONTEXT_SIZE;
	return size;
}

static uint8_t check_request(struct device *device, const struct request *request)
{
	bool sign = request->param1 & SPDM_MEAS_SIGN;
	size_t slot_at = SPDM_HEADER_SIZE + SPDM_NONCE_SIZE;
	struct block *block;

	if (!device->conn.measurements)
		return SPDM_ERROR_UNEXPECTED_REQUEST;
	if (!request_is(request, request_size(request)))
		return SPDM_ERROR_INVALID_REQUEST;
	if (sign && (request->data[slot_at] & SPDM_SLOT_MASK) != device->options.slot)
		return SPDM_ERROR_INVALID_REQUEST;
	if (request->param2 == SPDM_MEAS_COUNT || request->param2 == SPDM_MEAS_ALL)
		return 0;
	block = blocks_find(&device->blocks, request->param2);
	if (!block || block->since > request->version)
		return SPDM_ERROR_INVALID_REQUEST;
	return 0;
}

static void add_block(struct device *device, const struct request *request,
		      const struct block *block, struct reply *reply)
{
	bool want_raw = request->version >= SPDM_1_2 && request->param1 & SPDM_MEAS_RAW;
	bool raw = !block->digest || (want_raw && block->raw_size);
	size_t size = raw ? block->raw_size : device->crypto.alg->hash_size;
	const uint8_t *value = raw ? block->raw : block->hash;
	struct faults *faults = &device->faults;
	uint8_t change = block->change;

	if (request->param1 & SPDM_MEAS_SIGN && faults->once && faults->once_index == block->index)
		change ^= faults->once_change;
	reply_number(reply, 1, block->index);
	reply_number(reply, 1, SPDM_MEASUREMENT_SPEC_DMTF);
	reply_number(reply, 2, 3 + size);
	reply_number(reply, 1, block->type | (raw ? SPDM_BLOCK_RAW : 0));
	reply_number(reply, 2, size);
	reply_number(reply, 1, value[0] ^ change);
	reply_bytes(reply, value + 1, size - 1);
}

/* The record and its length; the header has the number of blocks or their count */
static void add_record(struct device *device, const struct request *request,
		       struct reply *reply)
{
	unsigned int available = 0, count = 0;

	/* Number of blocks and length are known at the end */
	reply_zeros(reply, 4);
	for (unsigned int i = 0; i < device->blocks.count; i++) {
		const struct block *block = &device->blocks.block[i];

		if (block->since > request->version)
			continue;
		available++;
		if (request->param2 == SPDM_MEAS_ALL || request->param2 == block->index) {
			add_block(device, request, block, reply);
			count++;
		}
	}
	if (request->param2 == SPDM_MEAS_COUNT)
		reply->data[2] = available;
	reply->data[4] = count;
	le_put(reply->data + 5, 3, reply->size - SPDM_MEASUREMENTS_SIZE);
}

/* One element in the general format; SPDM 1.1 has no format of its own */
static void add_opaque(struct device *device, struct reply *reply)
{
	static const uint8_t opaque[] = {
		1, 0, 0, 0,	/* one element */
		SPDM_REGISTRY_PCISIG, 2, CONTROL_VENDOR_ID & 0xff, CONTROL_VENDOR_ID >> 8,
		5, 0, 'h', 'e', 'l', 'l', 'o',
		0,		/* up to a multiple of four */
	};
	bool some = device->options.blocks == BLOCKS_MANY && device->conn.opaque;

	reply_number(reply, 2, some ? sizeof(opaque) : 0);
	reply_bytes(reply, opaque, some ? sizeof(opaque) : 0);
}

static bool add_signature(struct device *device, const struct request *request,
			  struct reply *reply)
{
	struct faults *faults = &device->faults;
	struct timespec delay = {
		.tv_sec = faults->delay_ms / 1000,
		.tv_nsec = faults->delay_ms % 1000 * 1000000L,
	};
	uint8_t signature[SIGNATURE_MAX];

	nanosleep(&delay, NULL);
	if (!transcript_sign(&device->conn.transcript, &device->crypto, request->version,
			     signature))
		return false;
	if (faults->bad_signature) {
		faults->bad_signature--;
		signature[device->crypto.alg->signature_size - 1] ^= 1;
	}
	if (faults->once)
		faults->once--;
	reply_bytes(reply, signature, device->crypto.alg->signature_size);
	return true;
}

static uint8_t measure(struct device *device, const struct request *request,
		       struct reply *reply)
{
	size_t size = request_size(request);
	bool sign = request->param1 & SPDM_MEAS_SIGN;
	struct connection *conn = &device->conn;
	uint8_t nonce[SPDM_NONCE_SIZE];
	uint8_t param2 = 0;
	size_t whole;

	if (sign)
		param2 = device->options.slot;
	/* Whether a device can tell that nothing changed meanwhile is its own matter */
	if (sign && request->version >= SPDM_1_2 && device->options.blocks == BLOCKS_MANY)
		param2 |= SPDM_UNCHANGED;
	if (RAND_bytes(nonce, sizeof(nonce)) != 1)
		return SPDM_ERROR_UNSPECIFIED;
	reply_start(reply, request->version, SPDM_MEASUREMENTS, 0, param2);
	add_record(device, request, reply);
	reply_bytes(reply, nonce, sizeof(nonce));
	add_opaque(device, reply);
	if (request->version >= SPDM_1_3)
		reply_bytes(reply, request->data + size - SPDM_CONTEXT_SIZE, SPDM_CONTEXT_SIZE);

	whole = reply->size + (sign ? device->crypto.alg->signature_size : 0);
	if (whole > conn->message_max) {
		device->too_large = whole;
		return SPDM_ERROR_RESPONSE_TOO_LARGE;
	}
	if (!transcript_add(&conn->transcript, &device->crypto, request->version, request->data,
			    size) ||
	    !transcript_add(&conn->transcript, &device->crypto, request->version, reply->data,
			    reply->size))
		return SPDM_ERROR_UNSPECIFIED;
	if (sign && !add_signature(device, request, reply))
		return SPDM_ERROR_UNSPECIFIED;
	return 0;
}

uint8_t get_measurements(struct device *device, const struct request *request,
			 struct reply *reply)
{
	struct connection *conn = &device->conn;
	uint8_t error;

	error = check_request(device, request);
	if (error)
		return error;
	if (device->faults.not_ready) {
		device->faults.not_ready--;
		conn->pending_size = request_size(request);
		memcpy(conn->pending, request->data, conn->pending_size);
		conn->token++;
		return SPDM_ERROR_NOT_READY;
	}
	return measure(device, request, reply);
}

uint8_t respond_if_ready(struct device *device, const struct request *request,
			 struct reply *reply)
{
	struct connection *conn = &device->conn;
	struct request pending = {
		.version = conn->pending[0],
		.code = conn->pending[1],
		.param1 = conn->pending[2],
		.param2 = conn->pending[3],
		.data = conn->pending,
		.size = conn->pending_size,
	};

	if (!conn->pending_size)
		return SPDM_ERROR_UNEXPECTED_REQUEST;
	if (!request_is(request, SPDM_HEADER_SIZE) || request->param1 != SPDM_GET_MEASUREMENTS ||
	    request->param2 != conn->token)
		return SPDM_ERROR_INVALID_REQUEST;
	if (device->faults.not_ready) {
		device->faults.not_ready--;
		return SPDM_ERROR_NOT_READY;
	}
	conn->pending_size = 0;
	return measure(device, &pending, reply);
}
