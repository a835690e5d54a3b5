// SPDX-License-Identifier: GPL-2.0
/*
 * What a measurement signature is over, L1/L2 of DSP0274
 *
 * GET_MEASUREMENTS and MEASUREMENTS messages since the last reset; from SPDM 1.2 on
 * the messages that set up the connection (VCA) come first. It is hashed as it comes,
 * so a requester that never asks for a signature costs no memory.
 */
#include <string.h>

#include "responder.h"

void transcript_reset(struct transcript *transcript)
{
	EVP_MD_CTX_free(transcript->hash);
	transcript->hash = NULL;
}

bool transcript_add_vca(struct transcript *transcript, const void *data, size_t size)
{
	if (size > sizeof(transcript->vca) - transcript->vca_size)
		return false;
	memcpy(transcript->vca + transcript->vca_size, data, size);
	transcript->vca_size += size;
	return true;
}

static bool start(struct transcript *transcript, const struct crypto *crypto, uint8_t version)
{
	transcript->hash = EVP_MD_CTX_new();
	if (!transcript->hash || EVP_DigestInit_ex2(transcript->hash, crypto->md, NULL) != 1)
		return false;
	return version < SPDM_1_2 ||
	       EVP_DigestUpdate(transcript->hash, transcript->vca, transcript->vca_size) == 1;
}

bool transcript_add(struct transcript *transcript, const struct crypto *crypto,
		    uint8_t version, const void *data, size_t size)
{
	if (!transcript->hash && !start(transcript, crypto, version))
		return false;
	return EVP_DigestUpdate(transcript->hash, data, size) == 1;
}

/* From SPDM 1.2 on what is signed says what it is: prefix, zeros, purpose, digest */
static bool add_context(const struct crypto *crypto, uint8_t version, uint8_t *digest)
{
	static const char purpose[] = "responder-measurements signing";
	uint8_t message[100 + HASH_MAX] = { 0 };

	for (int i = 0; i < 4; i++) {
		uint8_t *prefix = message + 16 * i;

		memcpy(prefix, "dmtf-spdm-v1.0.*", 16);
		prefix[13] = '0' + (version & 0xf);
	}
	memcpy(message + 100 - strlen(purpose), purpose, strlen(purpose));
	memcpy(message + 100, digest, crypto->alg->hash_size);
	return crypto_hash(crypto, message, 100 + crypto->alg->hash_size, digest);
}

/* Sign what there is, and start anew */
bool transcript_sign(struct transcript *transcript, const struct crypto *crypto,
		     uint8_t version, uint8_t *signature)
{
	uint8_t digest[HASH_MAX];
	bool ok;

	ok = EVP_DigestFinal_ex(transcript->hash, digest, NULL) == 1 &&
	     (version < SPDM_1_2 || add_context(crypto, version, digest)) &&
	     crypto_sign(crypto, digest, signature);
	transcript_reset(transcript);
	return ok;
}
