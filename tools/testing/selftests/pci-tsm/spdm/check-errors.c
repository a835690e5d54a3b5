// SPDX-License-Identifier: GPL-2.0
/*
 * Requests that must be refused, and with what error; frames that are none
 */
#include <string.h>
#include <sys/socket.h>

#include "check.h"

static struct session session;

/* A request of four bytes and its error */
static void refuse(uint8_t version, uint8_t code, uint8_t error)
{
	const uint8_t request[] = { version, code, 0, 0 };

	expect_error(&session, request, sizeof(request), error);
}

static uint8_t other_version(void)
{
	return session.settings->version == SPDM_1_2 ? SPDM_1_3 : SPDM_1_2;
}

/* All that needs an algorithm, and is unexpected before */
static void refuse_early(void)
{
	uint8_t version = session.settings->version;

	refuse(version, SPDM_GET_DIGESTS, SPDM_ERROR_UNEXPECTED_REQUEST);
	refuse(version, SPDM_GET_CERTIFICATE, SPDM_ERROR_UNEXPECTED_REQUEST);
	refuse(version, SPDM_GET_MEASUREMENTS, SPDM_ERROR_UNEXPECTED_REQUEST);
	refuse(version, SPDM_RESPOND_IF_READY, SPDM_ERROR_UNEXPECTED_REQUEST);
}

static void check_before_version(void)
{
	session.version = SPDM_1_0;
	refuse_early();
	refuse(session.settings->version, SPDM_GET_CAPABILITIES, SPDM_ERROR_UNEXPECTED_REQUEST);
	refuse(session.settings->version, SPDM_NEGOTIATE_ALGORITHMS,
	       SPDM_ERROR_UNEXPECTED_REQUEST);
	refuse(session.settings->version, SPDM_VENDOR_DEFINED_REQUEST,
	       SPDM_ERROR_UNEXPECTED_REQUEST);
	refuse(SPDM_1_1, SPDM_GET_VERSION, SPDM_ERROR_VERSION_MISMATCH);
	refuse(SPDM_1_0, 0xf0, SPDM_ERROR_UNSUPPORTED_REQUEST);
	refuse(SPDM_1_0, SPDM_VERSION, SPDM_ERROR_UNSUPPORTED_REQUEST);
}

static void check_version_state(void)
{
	uint8_t request[24] = { 0 };
	size_t size;

	get_version(&session);
	refuse_early();
	refuse(session.settings->version, SPDM_NEGOTIATE_ALGORITHMS,
	       SPDM_ERROR_UNEXPECTED_REQUEST);
	refuse(session.settings->version, SPDM_VENDOR_DEFINED_REQUEST,
	       SPDM_ERROR_UNEXPECTED_REQUEST);
	/* Not on offer: the other, and those that do not exist */
	size = capabilities_request(&session, request);
	request[0] = other_version();
	expect_error(&session, request, 20, SPDM_ERROR_VERSION_MISMATCH);
	request[0] = SPDM_1_0;
	expect_error(&session, request, 4, SPDM_ERROR_VERSION_MISMATCH);
	request[0] = 0xff;
	expect_error(&session, request, size, SPDM_ERROR_VERSION_MISMATCH);
	request[0] = session.settings->version;
	expect_error(&session, request, size - 4, SPDM_ERROR_INVALID_REQUEST);
	expect_error(&session, request, size + 4, SPDM_ERROR_INVALID_REQUEST);
}

static void check_transfer_sizes(void)
{
	uint8_t request[20];
	size_t size = capabilities_request(&session, request);

	if (session.settings->version < SPDM_1_2)
		return;
	le_put(request + 12, 4, 41);
	le_put(request + 16, 4, 41);
	expect_error(&session, request, size, SPDM_ERROR_INVALID_REQUEST);
	le_put(request + 12, 4, 1024);
	le_put(request + 16, 4, 1020);
	expect_error(&session, request, size, SPDM_ERROR_INVALID_REQUEST);
	le_put(request + 16, 4, 2048);
	expect_error(&session, request, size, SPDM_ERROR_INVALID_REQUEST);
	/* Nor may a message be smaller than a transfer with chunks */
	le_put(request + 8, 4, SPDM_CHUNK_CAP);
	le_put(request + 16, 4, 1020);
	expect_error(&session, request, size, SPDM_ERROR_INVALID_REQUEST);
	if (session.settings->version < SPDM_1_3)
		return;
	/* Supported algorithms without chunks */
	size = capabilities_request(&session, request);
	request[2] = 1;
	expect_error(&session, request, size, SPDM_ERROR_INVALID_REQUEST);
}

static void check_capabilities_state(void)
{
	uint8_t request[20];
	size_t size = capabilities_request(&session, request);

	get_capabilities(&session);
	expect_error(&session, request, size, SPDM_ERROR_UNEXPECTED_REQUEST);
	refuse_early();
	refuse(other_version(), SPDM_GET_DIGESTS, SPDM_ERROR_VERSION_MISMATCH);
}

static void check_algorithms(void)
{
	static const struct {
		uint8_t at, value;
	} wrong[] = {
		{ 4, 39 }, { 4, 41 }, { 4, 36 }, { 4, 31 }, { 4, 0 }, { 5, 1 },
		/* One table too many or too few */
		{ 2, 1 }, { 2, 3 }, { 2, 255 },
		/* Table: unknown, not in order, size of algorithms, extended algorithms */
		{ 32, 1 }, { 36, 2 }, { 36, 6 }, { 33, 0x10 }, { 33, 0x21 }, { 37, 0x21 },
		{ 37, 0x2f },
		/* Extended algorithms that are not there */
		{ 28, 1 }, { 28, 255 }, { 29, 255 },
	};
	uint8_t request[SPDM_NEGOTIATE_MAX + 4] = { 0 };
	size_t size;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		size = algorithms_request(&session, request);
		request[wrong[i].at] = wrong[i].value;
		expect_error(&session, request, size, SPDM_ERROR_INVALID_REQUEST);
	}
	size = algorithms_request(&session, request);
	expect_error(&session, request, size - 4, SPDM_ERROR_INVALID_REQUEST);
	expect_error(&session, request, size + 4, SPDM_ERROR_INVALID_REQUEST);
	expect_error(&session, request, 4, SPDM_ERROR_INVALID_REQUEST);
	/* Consistent, and too long */
	memmove(request + 32 + 4 * 23, request + 32, 8);
	request[28] = 23;
	le_put(request + 4, 2, sizeof(request));
	expect_error(&session, request, sizeof(request), SPDM_ERROR_INVALID_REQUEST);
	/* RSA and SHA-512 only */
	size = algorithms_request(&session, request);
	le_put(request + 8, 4, 0x0f);
	expect_error(&session, request, size, SPDM_ERROR_INVALID_REQUEST);
	algorithms_request(&session, request);
	le_put(request + 12, 4, 0x04);
	expect_error(&session, request, size, SPDM_ERROR_INVALID_REQUEST);
}

static void check_negotiated_state(void)
{
	uint8_t request[40];
	size_t size;

	negotiate_algorithms(&session);
	size = algorithms_request(&session, request);
	expect_error(&session, request, size, SPDM_ERROR_UNEXPECTED_REQUEST);
	size = capabilities_request(&session, request);
	expect_error(&session, request, size, SPDM_ERROR_UNEXPECTED_REQUEST);
	refuse(other_version(), SPDM_GET_DIGESTS, SPDM_ERROR_VERSION_MISMATCH);
	refuse(session.version, SPDM_RESPOND_IF_READY, SPDM_ERROR_UNEXPECTED_REQUEST);
	/* CHALLENGE, KEY_EXCHANGE, CHUNK_SEND, GET_CSR, none at all, a response */
	refuse(session.version, 0x83, SPDM_ERROR_UNSUPPORTED_REQUEST);
	refuse(session.version, 0xe4, SPDM_ERROR_UNSUPPORTED_REQUEST);
	refuse(session.version, 0x85, SPDM_ERROR_UNSUPPORTED_REQUEST);
	refuse(session.version, 0xed, SPDM_ERROR_UNSUPPORTED_REQUEST);
	refuse(session.version, 0xc0, SPDM_ERROR_UNSUPPORTED_REQUEST);
	refuse(session.version, SPDM_MEASUREMENTS, SPDM_ERROR_UNSUPPORTED_REQUEST);
}

static void check_certificate_requests(void)
{
	uint8_t request[12] = { session.version, SPDM_GET_CERTIFICATE, session.settings->slot };
	const uint8_t *answer;
	size_t size;

	get_chain(&session);
	le_put(request + 6, 2, 64);
	expect_error(&session, request, 4, SPDM_ERROR_INVALID_REQUEST);
	expect_error(&session, request, 12, SPDM_ERROR_INVALID_REQUEST);
	request[2] ^= 1;
	expect_error(&session, request, 8, SPDM_ERROR_INVALID_REQUEST);
	request[2] ^= 1 | 8;
	expect_error(&session, request, 8, SPDM_ERROR_INVALID_REQUEST);
	request[2] ^= 8;
	le_put(request + 4, 2, session.chain_size);
	expect_error(&session, request, 8, SPDM_ERROR_INVALID_REQUEST);
	le_put(request + 4, 2, 0xffff);
	expect_error(&session, request, 8, SPDM_ERROR_INVALID_REQUEST);
	le_put(request + 4, 2, 0);
	le_put(request + 6, 2, 0);
	expect_error(&session, request, 8, SPDM_ERROR_INVALID_REQUEST);
	/* The last byte, of many asked for */
	le_put(request + 4, 2, session.chain_size - 1);
	le_put(request + 6, 2, 0xffff);
	answer = exchange(&session, request, 8, &size);
	expect(answer[1] == SPDM_CERTIFICATE && le_get(answer + 4, 4) == 1 &&
	       answer[8] == session.chain[session.chain_size - 1], "%02x %02x", answer[1],
	       answer[8]);
	/* SlotSizeRequested came with 1.3; it is a reserved bit before */
	request[3] = 1;
	answer = exchange(&session, request, 8, &size);
	expect(answer[1] == SPDM_CERTIFICATE, "%02x", answer[1]);
	if (session.version >= SPDM_1_3)
		expect(!le_get(answer + 4, 2) && le_get(answer + 6, 2) == session.chain_size,
		       "%08x", le_get(answer + 4, 4));
	else
		expect(le_get(answer + 4, 4) == 1, "%08x", le_get(answer + 4, 4));
}

static void check_measurement_requests(void)
{
	uint8_t request[64] = { 0 };

	measurements_request(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL);
	memcpy(request, session.request, session.request_size);
	expect_error(&session, request, 4, SPDM_ERROR_INVALID_REQUEST);
	expect_error(&session, request, session.request_size - 4, SPDM_ERROR_INVALID_REQUEST);
	expect_error(&session, request, session.request_size + 8, SPDM_ERROR_INVALID_REQUEST);
	request[36] ^= 1;
	expect_error(&session, request, session.request_size, SPDM_ERROR_INVALID_REQUEST);
	/* Public key that was provisioned out of band */
	request[36] = 15;
	expect_error(&session, request, session.request_size, SPDM_ERROR_INVALID_REQUEST);
	/* Indices that are not there */
	request[36] = session.settings->slot;
	request[3] = 0xee;
	expect_error(&session, request, session.request_size, SPDM_ERROR_INVALID_REQUEST);
	request[3] = 0xfc;
	expect_error(&session, request, session.request_size, SPDM_ERROR_INVALID_REQUEST);
}

/* A requester that can take 42 bytes: portions get small, what has none is refused */
static void check_small_transfers(void)
{
	static struct measured measured;
	uint8_t request[40];
	const uint8_t *answer;
	size_t size;

	if (session.settings->version < SPDM_1_2)
		return;
	get_version(&session);
	session.transfer_size = SPDM_MIN_TRANSFER_SIZE;
	get_capabilities(&session);
	/* ALGORITHMS has 44 bytes with the tables */
	size = algorithms_request(&session, request);
	expect_error(&session, request, size, SPDM_ERROR_RESPONSE_TOO_LARGE);
	/* It did not change the state: 36 bytes without them */
	request[2] = 0;
	request[4] = 32;
	answer = exchange(&session, request, 32, &size);
	expect(answer[1] == SPDM_ALGORITHMS && size == 36, "%02x, %zu bytes", answer[1], size);
	session.transfer_size = 44;
	session.opaque_formats = 0;
	get_version(&session);
	get_capabilities(&session);
	negotiate_algorithms(&session);
	get_chain(&session);
	verify_chain(&session);
	measurements_request(&session, 0, SPDM_MEAS_ALL);
	expect_error(&session, session.request, session.request_size,
		     SPDM_ERROR_RESPONSE_TOO_LARGE);
	answer = session.peer.frame.payload + DOE_HEADER_SIZE;
	expect(le_get(answer + 4, 4) > 44 && le_get(answer + 4, 4) < MESSAGE_SIZE_MAX, "size %u",
	       le_get(answer + 4, 4));
	/* The count is 42 bytes, without opaque data and context */
	measurements_request(&session, 0, SPDM_MEAS_COUNT);
	if (session.version < SPDM_1_3)
		measure(&session, 0, SPDM_MEAS_COUNT, &measured);
	else
		expect_error(&session, session.request, session.request_size,
			     SPDM_ERROR_RESPONSE_TOO_LARGE);
	session.transfer_size = MESSAGE_SIZE_MAX;
	session.opaque_formats = SPDM_OPAQUE_FORMATS;
}

/* Measurements that nobody negotiated */
static void check_no_measurements(void)
{
	uint8_t request[40];
	const uint8_t *answer;
	size_t size;

	get_version(&session);
	get_capabilities(&session);
	size = algorithms_request(&session, request);
	request[6] = 0;
	answer = exchange(&session, request, size, &size);
	expect(answer[1] == SPDM_ALGORITHMS && !answer[6] && !le_get(answer + 8, 4),
	       "%02x, specification %02x", answer[1], answer[6]);
	measurements_request(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL);
	expect_error(&session, session.request, session.request_size,
		     SPDM_ERROR_UNEXPECTED_REQUEST);
}

void test_errors(const struct settings *settings)
{
	static struct measured measured;

	session_start(&session, settings);
	check_before_version();
	check_version_state();
	check_transfer_sizes();
	check_capabilities_state();
	check_algorithms();
	check_negotiated_state();
	check_certificate_requests();
	check_measurement_requests();
	check_small_transfers();
	check_no_measurements();
	/* GET_VERSION with a wrong version does no harm, the right one starts again */
	connect_spdm(&session);
	expect_error(&session, (uint8_t []){ SPDM_1_0, SPDM_GET_DIGESTS, 0, 0 }, 4,
		     SPDM_ERROR_VERSION_MISMATCH);
	measure(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL, &measured);
	get_chain(&session);
	verify_chain(&session);
	expect(verify(&session, &measured), "the signature does not verify");
	get_version(&session);
	refuse_early();
	peer_end(&session.peer, 0);
	EVP_PKEY_free(session.leaf);
}

/* An object that a DOE mailbox discards: the frame with the answer has none */
static void discarded(struct peer *peer, const void *object, size_t size)
{
	peer_frame(peer, FRAME_NORMAL, FRAME_TRANSPORT_DOE, object, size);
	expect(peer->frame.command == FRAME_NORMAL && !peer->frame.size, "%u bytes",
	       peer->frame.size);
}

static void unknown(struct peer *peer, uint32_t command, uint32_t transport)
{
	peer_frame(peer, command, transport, "", 0);
	expect(peer->frame.command == FRAME_UNKNOWN && !peer->frame.size, "command %#x, %u bytes",
	       peer->frame.command, peer->frame.size);
}

static void check_objects(struct peer *peer)
{
	uint8_t object[16] = { 1, 0, 1, 0, 3, 0, 0, 0, SPDM_1_0, SPDM_GET_VERSION };
	static uint8_t large[DOE_OBJECT_MAX - DOE_HEADER_SIZE];

	for (size_t size = 0; size <= sizeof(object); size++) {
		if (size != 12)
			discarded(peer, object, size);
	}
	/* Vendor, type (2 is secured SPDM), length */
	object[0] = 2;
	discarded(peer, object, 12);
	object[0] = 1;
	for (int type = 0; type < 256; type++) {
		object[2] = type;
		if (type != DOE_TYPE_SPDM)
			discarded(peer, object, 12);
	}
	object[2] = 1;
	object[4] = 4;
	discarded(peer, object, 12);
	object[4] = 2;
	discarded(peer, object, 12);
	object[4] = 0;
	discarded(peer, object, 12);
	/* An object without a message is one */
	object[4] = 2;
	peer_frame(peer, FRAME_NORMAL, FRAME_TRANSPORT_DOE, object, DOE_HEADER_SIZE);
	expect(peer->frame.size == 12 && peer->frame.payload[9] == SPDM_ERROR, "%u bytes",
	       peer->frame.size);
	/* The largest there is */
	large[0] = SPDM_1_0;
	large[1] = SPDM_GET_VERSION;
	peer_object(peer, large, sizeof(large));
	expect(peer->frame.payload[9] == SPDM_ERROR, "%02x", peer->frame.payload[9]);

	unknown(peer, 0, FRAME_TRANSPORT_DOE);
	unknown(peer, 2, FRAME_TRANSPORT_DOE);
	unknown(peer, 0xdead, FRAME_TRANSPORT_DOE);
	unknown(peer, FRAME_NORMAL, 1);
}

static void check_large_request(void)
{
	static uint8_t large[MESSAGE_SIZE_MAX + 4];

	connect_spdm(&session);
	large[0] = session.version;
	large[1] = SPDM_GET_MEASUREMENTS;
	expect_error(&session, large, MESSAGE_SIZE_MAX, SPDM_ERROR_INVALID_REQUEST);
	expect_error(&session, large, sizeof(large), session.version >= SPDM_1_2 ?
		     SPDM_ERROR_REQUEST_TOO_LARGE : SPDM_ERROR_INVALID_REQUEST);
}

/* A connection with just these bytes of a frame, and the responder's exit status */
static void cut(const struct settings *settings, size_t size, int status)
{
	static const uint8_t frame[24] = {
		0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 12,
		1, 0, 1, 0, 3, 0, 0, 0, SPDM_1_0, SPDM_GET_VERSION,
	};

	peer_start(&session.peer, settings);
	peer_send_raw(&session.peer, frame, size);
	peer_end(&session.peer, status);
}

static void check_oversized(const struct settings *settings)
{
	static const uint8_t frame[12] = { 0, 0, 0, 1, 0, 0, 0, 2, 0, 0x10, 0, 1 };

	peer_start(&session.peer, settings);
	peer_send_raw(&session.peer, frame, sizeof(frame));
	/* It hangs up rather than wait for 1 MiB and a byte */
	expect(frame_read(session.peer.fd, &session.peer.frame) != FRAME_OK, "an answer");
	peer_end(&session.peer, 1);
}

static void check_shutdown(const struct settings *settings)
{
	static const uint8_t frame[12] = { 0, 0, 0xff, 0xfe, 0, 0, 0, 2 };

	peer_start(&session.peer, settings);
	peer_send_raw(&session.peer, frame, sizeof(frame));
	expect(frame_read(session.peer.fd, &session.peer.frame) == FRAME_END, "no end");
	peer_end(&session.peer, 0);
}

void test_frames(const struct settings *settings)
{
	session_start(&session, settings);
	check_objects(&session.peer);
	check_large_request();
	peer_end(&session.peer, 0);
	cut(settings, 0, 0);
	cut(settings, 1, 1);
	cut(settings, 11, 1);
	cut(settings, 12, 1);
	cut(settings, 23, 1);
	check_oversized(settings);
	check_shutdown(settings);
}
