// SPDX-License-Identifier: GPL-2.0
/*
 * The control command: does the device misbehave as it was told?
 */
#include <string.h>
#include <time.h>

#include "check.h"

static struct session session;
static struct measured original, measured;

static void obeyed(uint8_t number, uint8_t argument, uint16_t value)
{
	expect(send_control(&session, number, argument, value) == CONTROL_DONE,
	       "command %u, %u, %u", number, argument, value);
}

static void refused(uint8_t number, uint8_t argument, uint16_t value)
{
	expect(send_control(&session, number, argument, value) == CONTROL_REFUSED,
	       "command %u, %u, %u", number, argument, value);
}

/* The first byte of a block in a new, signed collection, against the original */
static uint8_t difference(uint8_t index)
{
	const struct measured_block *was = find_block(&original, index);
	const struct measured_block *is;

	measure(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL, &measured);
	expect(verify(&session, &measured), "the signature does not verify");
	is = find_block(&measured, index);
	expect(was && is && !memcmp(was->value + 1, is->value + 1, is->size - 1), "block %02x",
	       index);
	return was->value[0] ^ is->value[0];
}

static void check_changes(uint8_t index)
{
	obeyed(CONTROL_CHANGE, index, 0x21);
	expect(difference(index) == 0x21, "not changed");
	/* It is the device that changed, not the connection */
	connect_spdm(&session);
	expect(difference(index) == 0x21, "not changed");
	obeyed(CONTROL_ORIGINAL, 0, 0);
	expect(!difference(index), "changed");

	obeyed(CONTROL_CHANGE_ONCE, index, 0x0003);
	expect(difference(index) == 0x03 && !difference(index), "changed not once");
	obeyed(CONTROL_CHANGE_ONCE, index, 0x0203);
	measure(&session, 0, SPDM_MEAS_ALL, &measured);
	expect(find_block(&measured, index)->value[0] == find_block(&original, index)->value[0],
	       "changed without a signature");
	expect(difference(index) == 0x03 && difference(index) == 0x03 && !difference(index),
	       "changed not twice");
	obeyed(CONTROL_CHANGE_ONCE, index, 0x0203);
	obeyed(CONTROL_ORIGINAL, 0, 0);
	expect(!difference(index), "changed");
}

static void check_chain(void)
{
	static uint8_t first[SPDM_CHAIN_MAX];
	size_t first_size = session.chain_size;
	uint8_t before[EVP_MAX_MD_SIZE], after[EVP_MAX_MD_SIZE];

	memcpy(first, session.chain, first_size);
	get_digest(&session, before);
	obeyed(CONTROL_CHAIN, 1, 0);
	get_digest(&session, after);
	expect(memcmp(before, after, session.hash_size), "the digest is the same");
	get_chain(&session);
	/* Not the same, and as good: the key still fits */
	expect(first_size != session.chain_size || memcmp(first, session.chain, first_size),
	       "the chain is the same");
	verify_chain(&session);
	difference(original.block[0].index);
	obeyed(CONTROL_CHAIN, 0, 0);
	get_digest(&session, after);
	expect(!memcmp(before, after, session.hash_size), "the digest is another");
}

static void check_signature(void)
{
	obeyed(CONTROL_BAD_SIGNATURE, 0, 2);
	for (int i = 0; i < 3; i++) {
		measure(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL, &measured);
		expect(verify(&session, &measured) == (i == 2), "signature %d", i);
	}
}

static void check_busy(void)
{
	uint8_t digests[] = { session.version, SPDM_GET_DIGESTS, 0, 0 };
	uint8_t digest[EVP_MAX_MD_SIZE];

	obeyed(CONTROL_BUSY, 0, 3);
	expect_error(&session, digests, sizeof(digests), SPDM_ERROR_BUSY);
	/* Control is never refused for that */
	obeyed(CONTROL_DELAY, 0, 0);
	measurements_request(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL);
	expect_error(&session, session.request, session.request_size, SPDM_ERROR_BUSY);
	expect_error(&session, digests, sizeof(digests), SPDM_ERROR_BUSY);
	get_digest(&session, digest);
	expect(!difference(original.block[0].index), "changed");
}

/* The request itself and the answer in the end are signed, what is between is not */
static uint8_t check_not_ready(unsigned int times)
{
	uint8_t respond[4] = { session.version, SPDM_RESPOND_IF_READY, SPDM_GET_MEASUREMENTS };
	const uint8_t *answer;
	size_t size;

	obeyed(CONTROL_NOT_READY, 0, times);
	measurements_request(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL);
	expect_error(&session, session.request, session.request_size, SPDM_ERROR_NOT_READY);
	answer = session.peer.frame.payload + DOE_HEADER_SIZE;
	expect(answer[5] == SPDM_GET_MEASUREMENTS && answer[4] < 20 && answer[7],
	       "RDTExponent %u, request %02x, RDTM %u", answer[4], answer[5], answer[7]);
	respond[3] = answer[6];
	while (--times)
		expect_error(&session, respond, sizeof(respond), SPDM_ERROR_NOT_READY);
	answer = exchange(&session, respond, sizeof(respond), &size);
	take_measurements(&session, answer, size, &measured);
	expect(verify(&session, &measured), "the signature does not verify");
	/* There is one answer */
	expect_error(&session, respond, sizeof(respond), SPDM_ERROR_UNEXPECTED_REQUEST);
	return respond[3];
}

/* A request that was not answered at once has its place in a longer transcript as well */
static void check_not_ready_transcript(void)
{
	uint8_t respond[4] = { session.version, SPDM_RESPOND_IF_READY, SPDM_GET_MEASUREMENTS };
	const uint8_t *answer;
	size_t size;

	obeyed(CONTROL_NOT_READY, 0, 1);
	measurements_request(&session, 0, SPDM_MEAS_ALL);
	expect_error(&session, session.request, session.request_size, SPDM_ERROR_NOT_READY);
	respond[3] = session.peer.frame.payload[DOE_HEADER_SIZE + 6];
	answer = exchange(&session, respond, sizeof(respond), &size);
	take_measurements(&session, answer, size, &measured);
	measure(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL, &measured);
	expect(verify(&session, &measured), "the signature does not verify");
}

static void check_wrong_token(void)
{
	uint8_t respond[4] = { session.version, SPDM_RESPOND_IF_READY, SPDM_GET_MEASUREMENTS };
	uint8_t digest[EVP_MAX_MD_SIZE];

	obeyed(CONTROL_NOT_READY, 0, 0);
	measurements_request(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL);
	expect_error(&session, session.request, session.request_size, SPDM_ERROR_NOT_READY);
	respond[3] = session.peer.frame.payload[DOE_HEADER_SIZE + 6] + 1;
	expect_error(&session, respond, sizeof(respond), SPDM_ERROR_INVALID_REQUEST);
	respond[3]--;
	respond[2] = SPDM_GET_DIGESTS;
	expect_error(&session, respond, sizeof(respond), SPDM_ERROR_INVALID_REQUEST);
	/* Another request gives it up */
	get_digest(&session, digest);
	respond[2] = SPDM_GET_MEASUREMENTS;
	expect_error(&session, respond, sizeof(respond), SPDM_ERROR_UNEXPECTED_REQUEST);
	expect(!difference(original.block[0].index), "changed");
}

static void check_delay(void)
{
	struct timespec start, end;

	obeyed(CONTROL_DELAY, 0, 300);
	clock_gettime(CLOCK_MONOTONIC, &start);
	difference(original.block[0].index);
	clock_gettime(CLOCK_MONOTONIC, &end);
	expect((end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000 >= 299,
	       "no delay");
	obeyed(CONTROL_ORIGINAL, 0, 0);
}

static void check_refusals(void)
{
	uint8_t other[15] = {
		session.version, SPDM_VENDOR_DEFINED_REQUEST, 0, 0, 3, 0, 2, 1, 0, 4, 0, 2,
	};

	refused(0, 0, 0);
	refused(9, 0, 0);
	refused(255, 0, 0);
	refused(CONTROL_CHANGE, 0xef - 1, 1);
	refused(CONTROL_CHANGE, original.block[0].index, 0x100);
	refused(CONTROL_CHANGE_ONCE, 0, 1);
	refused(CONTROL_CHANGE_ONCE, original.block[0].index, 0x100);
	refused(CONTROL_CHAIN, 2, 0);
	expect_error(&session, other, sizeof(other), SPDM_ERROR_UNSUPPORTED_REQUEST);
	other[7] = 0x57;
	other[8] = 0x7e;
	expect_error(&session, other, 8, SPDM_ERROR_INVALID_REQUEST);
	other[9] = 5;
	expect_error(&session, other, sizeof(other), SPDM_ERROR_INVALID_REQUEST);
	other[9] = 3;
	expect_error(&session, other, sizeof(other), SPDM_ERROR_INVALID_REQUEST);
	other[9] = 4;
	other[6] = 1;
	expect_error(&session, other, sizeof(other), SPDM_ERROR_UNSUPPORTED_REQUEST);
	other[6] = 2;
	other[4] = 0;
	expect_error(&session, other, sizeof(other), SPDM_ERROR_UNSUPPORTED_REQUEST);
}

void test_control(const struct settings *settings)
{
	uint8_t token;

	session_start(&session, settings);
	connect_spdm(&session);
	get_chain(&session);
	verify_chain(&session);
	measure(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL, &original);
	for (unsigned int i = 0; i < original.nr_blocks; i += 5)
		check_changes(original.block[i].index);
	check_chain();
	check_signature();
	check_busy();
	token = check_not_ready(1);
	expect(check_not_ready(3) != token, "token %u twice", token);
	check_not_ready_transcript();
	check_wrong_token();
	check_delay();
	check_refusals();
	expect(!difference(original.block[0].index), "changed");
	peer_end(&session.peer, 0);
	EVP_PKEY_free(session.leaf);
}
