/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of the SPDM responder
 *
 * A device has what outlives a connection: key, chains, measurements and faults.
 * GET_VERSION makes a new connection. dispatch.c takes a message apart and calls
 * the handler of its code; a handler writes the response and returns 0, or returns
 * the code of the ERROR to answer with instead.
 */
#ifndef RESPONDER_H
#define RESPONDER_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"
#include "spdm.h"

#define MESSAGE_MAX	(DOE_REPLY_MAX - DOE_HEADER_SIZE)
#define HASH_MAX	48
#define SIGNATURE_MAX	96
#define BLOCKS_MAX	64
/* No signed GET_MEASUREMENTS has more: header, nonce, slot, context */
#define MEAS_REQUEST_MAX	45

/* crypto.c: the device's key, and the algorithms that go with it */

struct algorithms {
	int key_bits;
	const char *hash_name;
	size_t hash_size;
	size_t signature_size;
	uint32_t base_asym;
	uint32_t base_hash;
	uint32_t measurement_hash;
};

struct crypto {
	const struct algorithms *alg;
	const EVP_MD *md;
	EVP_PKEY *key;
};

bool crypto_load(struct crypto *crypto, const char *path);
bool crypto_hash(const struct crypto *crypto, const void *data, size_t size, uint8_t *digest);
bool crypto_sign(const struct crypto *crypto, const uint8_t *digest, uint8_t *signature);

/* chain.c: a certificate chain in the form that a slot has it */

struct chain {
	uint8_t data[SPDM_CHAIN_MAX];
	size_t size;	/* 0: there is none */
	uint8_t digest[HASH_MAX];
};

bool chain_load(struct chain *chain, const struct crypto *crypto, const char *path);

/* blocks.c: measurement blocks */

enum block_kind { BLOCKS_DEFAULT, BLOCKS_MANY, BLOCKS_MINIMAL };

struct block {
	uint8_t index;
	uint8_t type;		/* without SPDM_BLOCK_RAW */
	uint8_t since;		/* the SPDM version that introduced the type */
	bool digest;		/* a digest unless the raw form is asked for */
	uint8_t change;		/* what the first byte of the value is changed by */
	uint8_t raw[64];
	size_t raw_size;	/* 0: there is no raw form */
	uint8_t hash[HASH_MAX];
};

struct blocks {
	struct block block[BLOCKS_MAX];
	unsigned int count;
};

bool blocks_make(struct blocks *blocks, enum block_kind kind, const struct crypto *crypto);
struct block *blocks_find(struct blocks *blocks, uint8_t index);

/* transcript.c: what a measurement signature is over, L1/L2 */

struct transcript {
	uint8_t vca[512];
	size_t vca_size;
	EVP_MD_CTX *hash;	/* NULL: no measurement since the last reset */
};

void transcript_reset(struct transcript *transcript);
bool transcript_add_vca(struct transcript *transcript, const void *data, size_t size);
bool transcript_add(struct transcript *transcript, const struct crypto *crypto,
		    uint8_t version, const void *data, size_t size);
bool transcript_sign(struct transcript *transcript, const struct crypto *crypto,
		     uint8_t version, uint8_t *signature);

/* The device */

struct options {
	uint8_t versions[3];
	unsigned int nr_versions;
	unsigned int slot;
	unsigned int portion;	/* 0: no limit of its own */
	enum block_kind blocks;
	unsigned int change;	/* index of a measurement that is another one, 0: none */
};

struct faults {
	bool reissued;
	uint8_t once_index;
	uint8_t once_change;
	unsigned int once;
	unsigned int bad_signature;
	unsigned int busy;
	unsigned int not_ready;
	unsigned int delay_ms;
};

enum state { STATE_NONE, STATE_VERSION, STATE_CAPABILITIES, STATE_NEGOTIATED };

struct connection {
	enum state state;
	uint8_t version;
	size_t message_max;	/* of a response */
	bool measurements;	/* a measurement specification was negotiated */
	bool opaque;		/* opaque data has an agreed format */
	struct transcript transcript;
	/* A GET_MEASUREMENTS that was answered with ResponseNotReady */
	uint8_t pending[MEAS_REQUEST_MAX];
	size_t pending_size;	/* 0: there is none */
	uint8_t token;
};

struct device {
	struct options options;
	struct crypto crypto;
	struct chain chain;
	struct chain reissued;
	struct blocks blocks;
	struct faults faults;
	struct connection conn;
	size_t too_large;	/* size of the response that did not fit */
};

/* dispatch.c: messages */

struct request {
	uint8_t version;
	uint8_t code;
	uint8_t param1;
	uint8_t param2;
	const uint8_t *data;
	size_t size;		/* with up to 3 bytes of padding at the end */
};

struct reply {
	uint8_t data[MESSAGE_MAX];
	size_t size;		/* what it needs; what is beyond data[] is not stored */
};

void dispatch(struct device *device, const uint8_t *data, size_t size, struct reply *reply);
bool request_is(const struct request *request, size_t size);
void reply_start(struct reply *reply, uint8_t version, uint8_t code, uint8_t param1,
		 uint8_t param2);
void reply_number(struct reply *reply, size_t bytes, uint32_t value);
void reply_bytes(struct reply *reply, const void *data, size_t size);
void reply_zeros(struct reply *reply, size_t size);

/* negotiate.c, certificates.c, measurements.c, control.c: handlers */

uint8_t get_version(struct device *device, const struct request *request, struct reply *reply);
uint8_t get_capabilities(struct device *device, const struct request *request,
			 struct reply *reply);
uint8_t negotiate_algorithms(struct device *device, const struct request *request,
			     struct reply *reply);
uint8_t get_digests(struct device *device, const struct request *request, struct reply *reply);
uint8_t get_certificate(struct device *device, const struct request *request,
			struct reply *reply);
uint8_t get_measurements(struct device *device, const struct request *request,
			 struct reply *reply);
uint8_t respond_if_ready(struct device *device, const struct request *request,
			 struct reply *reply);
uint8_t control(struct device *device, const struct request *request, struct reply *reply);

/* mailbox.c: serve one connection until its end; false if it was broken */
bool mailbox_serve(struct device *device, int fd);

#endif
