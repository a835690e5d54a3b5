// SPDX-License-Identifier: GPL-2.0
/*
 * Random bytes, and requests with a few bytes changed: each is answered by one frame,
 * and the responder works as before
 */
#include <string.h>

#include "check.h"

#define ROUNDS	20000

static struct session session;
static uint32_t state;

/* xorshift32: the same seed gives the same messages */
static uint32_t random_below(uint32_t end)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % end;
}

/* One of the requests, as the present state of the connection has them */
static size_t some_request(uint8_t *message)
{
	switch (random_below(7)) {
	case 0:
		return capabilities_request(&session, message);
	case 1:
		return algorithms_request(&session, message);
	case 2:
		memcpy(message, "\x10\x84\x00\x00", 4);
		return 4;
	case 3:
		memcpy(message, "\x00\x82\x00\x00\x00\x00\xff\xff", 8);
		break;
	case 4:
		memcpy(message, "\x00\x81\x00\x00", 4);
		message[0] = session.version;
		return 4;
	case 5:
		memcpy(message, "\x00\xff\xe0\x01", 4);
		message[0] = session.version;
		return 4;
	default:
		measurements_request(&session, random_below(8), random_below(256));
		memcpy(message, session.request, session.request_size);
		return session.request_size;
	}
	message[0] = session.version;
	message[2] = session.settings->slot;
	return 8;
}

static void send_changed_request(void)
{
	uint8_t message[64] = { 0 };
	size_t size = some_request(message);

	for (uint32_t i = random_below(4); i; i--)
		message[random_below(size)] = random_below(256);
	if (!random_below(4))
		size = random_below(sizeof(message));
	peer_object(&session.peer, message, size);
}

static size_t random_bytes(uint8_t *message, size_t max)
{
	size_t size = random_below(max);

	for (size_t i = 0; i < size; i++)
		message[i] = random_below(256);
	return size;
}

static void send_random_message(void)
{
	uint8_t message[256];
	size_t size = random_bytes(message, sizeof(message));

	if (size)
		message[0] = session.version;
	peer_object(&session.peer, message, size);
}

static void send_random_frame(void)
{
	uint8_t payload[64];
	size_t size = random_bytes(payload, sizeof(payload));
	uint32_t command = random_below(4) ? FRAME_NORMAL : random_below(FRAME_SHUTDOWN);

	if (random_below(2) && size >= DOE_HEADER_SIZE) {
		le_put(payload, 4, 0x00010001);
		le_put(payload + 4, 4, size / 4);
	}
	peer_frame(&session.peer, command, FRAME_TRANSPORT_DOE, payload, size);
}

void test_garbage(const struct settings *settings)
{
	static struct measured measured;

	state = settings->seed ? settings->seed : 1;
	session_start(&session, settings);
	for (int round = 0; round < ROUNDS; round++) {
		/* GET_VERSION is among the requests: do not stay at the start */
		if (!random_below(8))
			connect_spdm(&session);
		switch (random_below(4)) {
		case 0:
			send_random_message();
			break;
		case 1:
			send_random_frame();
			break;
		default:
			send_changed_request();
		}
	}
	connect_spdm(&session);
	get_chain(&session);
	verify_chain(&session);
	measure(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL, &measured);
	expect(verify(&session, &measured), "the signature does not verify");
	peer_end(&session.peer, 0);
	EVP_PKEY_free(session.leaf);
}
