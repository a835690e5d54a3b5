// SPDX-License-Identifier: GPL-2.0
/*
 * Requests, and the form of their responses
 */
#include <openssl/rand.h>
#include <string.h>

#include "check.h"

/* All that DSP0274 has, ECDSA and RSA */
#define ALL_ASYM	0x1ff
#define ALL_HASH	0x7
#define OFFERED_TABLES	2

void bytes_add(struct bytes *bytes, const void *data, size_t size)
{
	expect(size <= sizeof(bytes->data) - bytes->size, "%zu bytes more", size);
	memcpy(bytes->data + bytes->size, data, size);
	bytes->size += size;
}

/* The answer, valid until the next exchange; its size may include padding */
const uint8_t *exchange(struct session *session, const void *message, size_t size,
			size_t *answer_size)
{
	peer_object(&session->peer, message, size);
	*answer_size = session->peer.frame.size - DOE_HEADER_SIZE;
	return session->peer.frame.payload + DOE_HEADER_SIZE;
}

/* The message must be answered with this error; GET_VERSION has version 1.0 */
void expect_error(struct session *session, const void *message, size_t size, uint8_t error)
{
	const uint8_t *answer;
	size_t answer_size;

	answer = exchange(session, message, size, &answer_size);
	expect(answer[1] == SPDM_ERROR && answer[2] == error,
	       "request %02x, wanted error %02x, got %02x %02x %02x %02x",
	       ((const uint8_t *)message)[1], error, answer[0], answer[1], answer[2], answer[3]);
	expect(answer[0] == session->version, "ERROR of version %02x", answer[0]);
	expect(answer[3] == (error == SPDM_ERROR_UNSUPPORTED_REQUEST ?
			     ((const uint8_t *)message)[1] : 0), "error data %02x", answer[3]);
	if (error == SPDM_ERROR_RESPONSE_TOO_LARGE || error == SPDM_ERROR_NOT_READY)
		expect(answer_size == 8, "ERROR of %zu bytes", answer_size);
	else
		expect(answer_size == 4, "ERROR of %zu bytes", answer_size);
}

/* A response of this code, and of this size up to padding of zeros */
static void expect_response(const struct session *session, const uint8_t *answer,
			    size_t answer_size, uint8_t code, size_t size)
{
	expect(answer[1] == code, "wanted %02x, got %02x %02x %02x %02x", code, answer[0],
	       answer[1], answer[2], answer[3]);
	expect(answer[0] == session->version, "version %02x", answer[0]);
	expect(answer_size >= size && answer_size - size < 4, "%zu bytes for %zu", answer_size,
	       size);
	while (answer_size > size)
		expect(!answer[--answer_size], "padding is %02x", answer[answer_size]);
}

void get_version(struct session *session)
{
	static const uint8_t request[] = { SPDM_1_0, SPDM_GET_VERSION, 0, 0 };
	const uint8_t *answer;
	bool found = false;
	size_t size;

	session->version = SPDM_1_0;
	session->vca.size = 0;
	session->log.size = 0;
	answer = exchange(session, request, sizeof(request), &size);
	expect(size >= 8 && answer[5], "%zu bytes", size);
	expect_response(session, answer, size, SPDM_VERSION, 6 + 2 * answer[5]);
	for (int i = 0; i < answer[5]; i++) {
		uint16_t entry = le_get(answer + 6 + 2 * i, 2);

		if (entry == session->settings->version << 8)
			found = true;
	}
	expect(found, "no version %02x", session->settings->version);
	bytes_add(&session->vca, request, sizeof(request));
	bytes_add(&session->vca, answer, 6 + 2 * answer[5]);
}

size_t capabilities_request(const struct session *session, uint8_t *message)
{
	bool sizes = session->settings->version >= SPDM_1_2;

	memset(message, 0, 20);
	message[0] = session->settings->version;
	message[1] = SPDM_GET_CAPABILITIES;
	message[5] = 10;
	if (!sizes)
		return 12;
	le_put(message + 12, 4, session->transfer_size);
	le_put(message + 16, 4, session->transfer_size);
	return 20;
}

void get_capabilities(struct session *session)
{
	uint8_t request[20];
	size_t request_size = capabilities_request(session, request);
	const uint8_t *answer;
	uint32_t flags;
	size_t size;

	answer = exchange(session, request, request_size, &size);
	session->version = session->settings->version;
	expect_response(session, answer, size, SPDM_CAPABILITIES, request_size);
	flags = le_get(answer + 8, 4);
	expect((flags & 0x1a) == 0x12, "CERT_CAP and MEAS_CAP with signatures: %08x", flags);
	expect(!(flags & SPDM_CHUNK_CAP) && !answer[2], "chunks: %08x, %02x", flags, answer[2]);
	if (request_size == 20) {
		uint32_t transfer = le_get(answer + 12, 4);

		expect(transfer >= SPDM_MIN_TRANSFER_SIZE && transfer <= MESSAGE_SIZE_MAX,
		       "DataTransferSize %u", transfer);
		expect(le_get(answer + 16, 4) == transfer, "MaxSPDMmsgSize %u",
		       le_get(answer + 16, 4));
	}
	bytes_add(&session->vca, request, request_size);
	bytes_add(&session->vca, answer, request_size);
}

/* Offer everything, and ask for what a session would need as well */
size_t algorithms_request(const struct session *session, uint8_t *message)
{
	memset(message, 0, 40);
	message[0] = session->version;
	message[1] = SPDM_NEGOTIATE_ALGORITHMS;
	message[2] = OFFERED_TABLES;
	le_put(message + 4, 2, 40);
	message[6] = SPDM_MEASUREMENT_SPEC_DMTF;
	message[7] = session->version >= SPDM_1_2 ? session->opaque_formats : 0;
	le_put(message + 8, 4, ALL_ASYM);
	le_put(message + 12, 4, ALL_HASH);
	/* DHE and KeySchedule */
	memcpy(message + 32, "\x02\x20\x18\x00\x05\x20\x01\x00", 8);
	return 40;
}

static void take_algorithms(struct session *session, const uint8_t *answer)
{
	uint32_t asym = le_get(answer + 12, 4);
	uint32_t hash = le_get(answer + 16, 4);
	uint32_t measurement_hash = le_get(answer + 8, 4);

	expect(answer[6] == SPDM_MEASUREMENT_SPEC_DMTF, "measurement specification %02x",
	       answer[6]);
	switch (asym) {
	case SPDM_ASYM_ECDSA_P256:
		session->md = EVP_sha256();
		expect(hash == SPDM_HASH_SHA256 && measurement_hash == 2, "hashes %x and %x",
		       hash, measurement_hash);
		break;
	case SPDM_ASYM_ECDSA_P384:
		session->md = EVP_sha384();
		expect(hash == SPDM_HASH_SHA384 && measurement_hash == 4, "hashes %x and %x",
		       hash, measurement_hash);
		break;
	default:
		expect(false, "BaseAsymSel %x", asym);
	}
	session->hash_size = EVP_MD_get_size(session->md);
	session->signature_size = session->hash_size * 2;
	session->opaque_format = answer[7];
	expect(!(answer[7] & ~session->opaque_formats) && (answer[7] & (answer[7] - 1)) == 0,
	       "opaque data format %02x", answer[7]);
	expect(session->version >= SPDM_1_2 || !answer[7], "opaque data format %02x",
	       answer[7]);
	expect(!answer[32] && !answer[33], "%u and %u extended algorithms", answer[32],
	       answer[33]);
}

void negotiate_algorithms(struct session *session)
{
	uint8_t request[40];
	size_t request_size = algorithms_request(session, request);
	const uint8_t *answer;
	size_t size;

	answer = exchange(session, request, request_size, &size);
	expect(size >= 36 && answer[2] <= OFFERED_TABLES, "%zu bytes, %u tables", size,
	       answer[2]);
	expect_response(session, answer, size, SPDM_ALGORITHMS, 36 + 4 * answer[2]);
	expect(le_get(answer + 4, 2) == 36u + 4 * answer[2], "Length %u", le_get(answer + 4, 2));
	take_algorithms(session, answer);
	bytes_add(&session->vca, request, request_size);
	bytes_add(&session->vca, answer, le_get(answer + 4, 2));
}

void connect_spdm(struct session *session)
{
	get_version(session);
	get_capabilities(session);
	negotiate_algorithms(session);
}

void session_start(struct session *session, const struct settings *settings)
{
	memset(session, 0, sizeof(*session));
	session->settings = settings;
	session->transfer_size = MESSAGE_SIZE_MAX;
	session->opaque_formats = SPDM_OPAQUE_FORMATS;
	peer_start(&session->peer, settings);
}

/* Of the one slot that has a chain */
void get_digest(struct session *session, uint8_t *digest)
{
	const uint8_t request[] = { session->version, SPDM_GET_DIGESTS, 0, 0 };
	uint8_t slots = 1 << session->settings->slot;
	const uint8_t *answer;
	size_t size;

	session->log.size = 0;
	answer = exchange(session, request, sizeof(request), &size);
	expect_response(session, answer, size, SPDM_DIGESTS, 4 + session->hash_size);
	expect(answer[3] == slots, "slots %02x", answer[3]);
	expect(answer[2] == (session->version >= SPDM_1_3 ? slots : 0), "param1 %02x", answer[2]);
	memcpy(digest, answer + 4, session->hash_size);
}

void get_chain(struct session *session)
{
	uint8_t request[8] = {
		session->version, SPDM_GET_CERTIFICATE, session->settings->slot,
	};
	unsigned int portion, left;
	const uint8_t *answer;
	size_t size;

	session->log.size = 0;
	session->chain_size = 0;
	session->portions = 0;
	le_put(request + 6, 2, 0xffff);
	do {
		le_put(request + 4, 2, session->chain_size);
		answer = exchange(session, request, sizeof(request), &size);
		expect(size >= 8, "%zu bytes", size);
		portion = le_get(answer + 4, 2);
		left = le_get(answer + 6, 2);
		expect_response(session, answer, size, SPDM_CERTIFICATE, 8 + portion);
		expect(8 + portion <= session->transfer_size, "portion %u", portion);
		expect((answer[2] & 0xf) == session->settings->slot, "slot %02x", answer[2]);
		expect(portion && session->chain_size + portion + left <= sizeof(session->chain),
		       "%zu, %u and %u bytes", session->chain_size, portion, left);
		expect(!session->settings->portion || portion <= session->settings->portion,
		       "portion %u", portion);
		memcpy(session->chain + session->chain_size, answer + 8, portion);
		session->chain_size += portion;
		session->portions++;
	} while (left);
}

/* Leave it in session->request */
void measurements_request(struct session *session, uint8_t attributes, uint8_t operation)
{
	uint8_t *request = session->request;
	size_t size = 4;

	request[0] = session->version;
	request[1] = SPDM_GET_MEASUREMENTS;
	request[2] = attributes;
	request[3] = operation;
	if (attributes & SPDM_MEAS_SIGN) {
		expect(RAND_bytes(request + 4, SPDM_NONCE_SIZE) == 1, "no random numbers");
		request[36] = session->settings->slot;
		size += SPDM_NONCE_SIZE + 1;
	}
	if (session->version >= SPDM_1_3) {
		expect(RAND_bytes(request + size, SPDM_CONTEXT_SIZE) == 1, "no random numbers");
		size += SPDM_CONTEXT_SIZE;
	}
	session->request_size = size;
}

/* Blocks must fill the record, their digests have the negotiated size */
static void take_blocks(struct session *session, const uint8_t *record, size_t size,
			struct measured *measured)
{
	const uint8_t *end = record + size;

	for (unsigned int i = 0; i < measured->nr_blocks; i++) {
		struct measured_block *block = &measured->block[i];

		expect(end - record >= 7, "block %u has %td bytes", i, end - record);
		block->index = record[0];
		block->type = record[4];
		block->size = le_get(record + 5, 2);
		block->value = record + 7;
		expect(record[1] == SPDM_MEASUREMENT_SPEC_DMTF, "specification %02x", record[1]);
		expect(block->size && le_get(record + 2, 2) == 3u + block->size,
		       "block %02x: sizes %u and %u", block->index, le_get(record + 2, 2),
		       block->size);
		expect(end - block->value >= block->size, "block %02x has %u bytes", block->index,
		       block->size);
		expect(block->index && (block->index < 0xf0 || block->index == 0xfd ||
					block->index == 0xfe), "index %02x", block->index);
		expect(block->type & SPDM_BLOCK_RAW || block->size == session->hash_size,
		       "digest %02x has %u bytes", block->index, block->size);
		for (unsigned int j = 0; j < i; j++)
			expect(measured->block[j].index != block->index, "two blocks %02x",
			       block->index);
		record = block->value + block->size;
	}
	expect(record == end, "%td bytes after the last block", end - record);
}

/* Take apart the answer to session->request, and keep the transcript */
void take_measurements(struct session *session, const uint8_t *answer, size_t size,
		       struct measured *measured)
{
	bool sign = session->request[2] & SPDM_MEAS_SIGN;
	uint8_t operation = session->request[3];
	size_t context = session->version >= SPDM_1_3 ? SPDM_CONTEXT_SIZE : 0;
	size_t signature = sign ? session->signature_size : 0;
	size_t record, at;

	memset(measured, 0, sizeof(*measured));
	memcpy(measured->message, answer, size);
	answer = measured->message;
	expect(answer[1] == SPDM_MEASUREMENTS, "answer %02x %02x %02x", answer[1], answer[2],
	       answer[3]);
	expect(size >= 42, "%zu bytes", size);
	record = le_get(answer + 5, 3);
	expect(record <= size - 42, "a record of %zu bytes", record);
	measured->opaque_size = le_get(answer + 40 + record, 2);
	at = 42 + record + measured->opaque_size;
	measured->size = at + context + signature;
	expect_response(session, answer, size, SPDM_MEASUREMENTS, measured->size);
	if (context)
		expect(!memcmp(answer + at, session->request + session->request_size - context,
			       context), "the context is another");

	measured->count = answer[2];
	measured->slot = answer[3] & SPDM_SLOT_MASK;
	measured->change = answer[3] >> 4;
	measured->nr_blocks = answer[4];
	measured->nonce = answer + 8 + record;
	expect(measured->slot == (sign ? session->settings->slot : 0), "slot %u",
	       measured->slot);
	expect((operation == SPDM_MEAS_COUNT) == !measured->nr_blocks, "%u blocks",
	       measured->nr_blocks);
	expect(operation == SPDM_MEAS_COUNT || !measured->count, "count %u", measured->count);
	take_blocks(session, answer + 8, record, measured);

	bytes_add(&session->log, session->request, session->request_size);
	bytes_add(&session->log, answer, at + context);
	if (!sign)
		return;
	if (session->version >= SPDM_1_2)
		bytes_add(&measured->signed_bytes, session->vca.data, session->vca.size);
	bytes_add(&measured->signed_bytes, session->log.data, session->log.size);
	measured->signature = answer + at + context;
	session->log.size = 0;
}

void measure(struct session *session, uint8_t attributes, uint8_t operation,
	     struct measured *measured)
{
	const uint8_t *answer;
	size_t size;

	measurements_request(session, attributes, operation);
	answer = exchange(session, session->request, session->request_size, &size);
	take_measurements(session, answer, size, measured);
}

const struct measured_block *find_block(const struct measured *measured, uint8_t index)
{
	for (unsigned int i = 0; i < measured->nr_blocks; i++) {
		if (measured->block[i].index == index)
			return &measured->block[i];
	}
	return NULL;
}

/* The device's answer to a control command: done or refused */
uint8_t send_control(struct session *session, uint8_t command, uint8_t argument,
		     uint16_t value)
{
	const uint8_t request[15] = {
		session->version, SPDM_VENDOR_DEFINED_REQUEST, 0, 0, 3, 0, 2, 0x57, 0x7e, 4, 0,
		command, argument, value & 0xff, value >> 8,
	};
	const uint8_t *answer;
	size_t size;

	session->log.size = 0;
	answer = exchange(session, request, sizeof(request), &size);
	expect_response(session, answer, size, SPDM_VENDOR_DEFINED_RESPONSE, 12);
	expect(!memcmp(answer + 4, "\x03\x00\x02\x57\x7e\x01\x00", 7), "another header");
	return answer[11];
}
