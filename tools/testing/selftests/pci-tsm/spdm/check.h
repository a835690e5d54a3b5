/* SPDX-License-Identifier: GPL-2.0 */
/*
 * spdm-check: an SPDM requester that takes nothing on trust
 *
 * It has the framing and the names of spdm.h in common with the responder, and no
 * code for messages, transcripts or keys.
 */
#ifndef CHECK_H
#define CHECK_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include "frame.h"
#include "spdm.h"
#include "util.h"

struct settings {
	const char *responder;	/* binary to start, or NULL */
	const char *port_file;	/* of a responder that runs, or NULL */
	const char *certs;
	const char *san;
	uint8_t version;
	uint8_t slot;
	const char *blocks;
	unsigned int portion;
	unsigned int seed;
};

/* End with a message that says where and what, unless the condition holds */
#define expect(condition, ...)						\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "%s:%d: not %s: ", __FILE__, __LINE__, \
				#condition);				\
			fprintf(stderr, __VA_ARGS__);			\
			fputc('\n', stderr);				\
			exit(1);					\
		}							\
	} while (0)

/* check-peer.c: the other end of the socket */

struct peer {
	int fd;
	pid_t pid;		/* 0: not ours */
	struct frame frame;	/* the last answer */
};

void peer_start(struct peer *peer, const struct settings *settings);
void peer_send_raw(struct peer *peer, const void *data, size_t size);
void peer_frame(struct peer *peer, uint32_t command, uint32_t transport, const void *payload,
		size_t size);
void peer_object(struct peer *peer, const void *message, size_t size);
void peer_end(struct peer *peer, int status);

/* check-session.c: requests, and the form of their responses */

#define MESSAGE_SIZE_MAX	(DOE_REPLY_MAX - DOE_HEADER_SIZE)

struct bytes {
	uint8_t data[16 * DOE_REPLY_MAX];
	size_t size;
};

void bytes_add(struct bytes *bytes, const void *data, size_t size);

struct session {
	const struct settings *settings;
	struct peer peer;
	uint8_t version;
	uint32_t transfer_size;	/* to announce */
	uint8_t opaque_formats;	/* to offer */
	uint8_t opaque_format;	/* what was selected */
	size_t hash_size;
	size_t signature_size;
	const EVP_MD *md;
	struct bytes vca;
	struct bytes log;	/* GET_MEASUREMENTS and MEASUREMENTS since the last reset */
	uint8_t request[64];	/* the last GET_MEASUREMENTS */
	size_t request_size;
	uint8_t chain[SPDM_CHAIN_MAX];
	size_t chain_size;
	unsigned int portions;	/* that the chain came in */
	EVP_PKEY *leaf;
};

struct measured_block {
	uint8_t index;
	uint8_t type;
	uint16_t size;
	const uint8_t *value;
};

struct measured {
	uint8_t message[MESSAGE_SIZE_MAX];
	size_t size;		/* without padding */
	unsigned int count;	/* from param1 */
	uint8_t slot;
	uint8_t change;		/* bits 5:4 of param2 */
	unsigned int nr_blocks;
	struct measured_block block[256];
	const uint8_t *nonce;
	size_t opaque_size;
	struct bytes signed_bytes;
	const uint8_t *signature;	/* NULL if there is none */
};

const uint8_t *exchange(struct session *session, const void *message, size_t size,
			size_t *answer_size);
void expect_error(struct session *session, const void *message, size_t size, uint8_t error);
void get_version(struct session *session);
size_t capabilities_request(const struct session *session, uint8_t *message);
void get_capabilities(struct session *session);
size_t algorithms_request(const struct session *session, uint8_t *message);
void negotiate_algorithms(struct session *session);
void connect_spdm(struct session *session);
void session_start(struct session *session, const struct settings *settings);
void get_digest(struct session *session, uint8_t *digest);
void get_chain(struct session *session);
void measurements_request(struct session *session, uint8_t attributes, uint8_t operation);
void measure(struct session *session, uint8_t attributes, uint8_t operation,
	     struct measured *measured);
void take_measurements(struct session *session, const uint8_t *answer, size_t size,
		       struct measured *measured);
const struct measured_block *find_block(const struct measured *measured, uint8_t index);
uint8_t send_control(struct session *session, uint8_t command, uint8_t argument,
		     uint16_t value);

/* check-verify.c: certificates and signatures */

void verify_chain(struct session *session);
bool signature_fits(struct session *session, const struct bytes *message,
		    const uint8_t *signature);
bool verify(struct session *session, const struct measured *measured);

/* The tests */

void test_flow(const struct settings *settings);
void test_control(const struct settings *settings);
void test_errors(const struct settings *settings);
void test_frames(const struct settings *settings);
void test_garbage(const struct settings *settings);

#endif
