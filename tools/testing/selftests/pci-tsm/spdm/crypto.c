// SPDX-License-Identifier: GPL-2.0
/*
 * The device's key, and the algorithms that go with it
 */
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/decoder.h>
#include <openssl/ecdsa.h>
#include <stdio.h>

#include "responder.h"
#include "util.h"

static const struct algorithms known[] = {
	{
		.key_bits = 256,
		.hash_name = "SHA256",
		.hash_size = 32,
		.signature_size = 64,
		.base_asym = SPDM_ASYM_ECDSA_P256,
		.base_hash = SPDM_HASH_SHA256,
		.measurement_hash = SPDM_MEASUREMENT_HASH_SHA256,
	},
	{
		.key_bits = 384,
		.hash_name = "SHA384",
		.hash_size = 48,
		.signature_size = 96,
		.base_asym = SPDM_ASYM_ECDSA_P384,
		.base_hash = SPDM_HASH_SHA384,
		.measurement_hash = SPDM_MEASUREMENT_HASH_SHA384,
	},
};

/* The EC key of a PEM file, or NULL */
static EVP_PKEY *read_key(const char *path)
{
	EVP_PKEY *key = NULL;
	OSSL_DECODER_CTX *decoder;
	BIO *file;

	file = BIO_new_file(path, "r");
	decoder = OSSL_DECODER_CTX_new_for_pkey(&key, "PEM", NULL, "EC", EVP_PKEY_KEYPAIR,
						NULL, NULL);
	if (file && decoder)
		OSSL_DECODER_from_bio(decoder, file);
	OSSL_DECODER_CTX_free(decoder);
	BIO_free(file);
	return key;
}

bool crypto_load(struct crypto *crypto, const char *path)
{
	crypto->key = read_key(path);
	if (!crypto->key) {
		fprintf(stderr, "%s: no private EC key in PEM form\n", path);
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (EVP_PKEY_get_bits(crypto->key) == known[i].key_bits)
			crypto->alg = &known[i];
	}
	if (!crypto->alg) {
		fprintf(stderr, "%s: neither a P-256 nor a P-384 key\n", path);
		return false;
	}
	crypto->md = EVP_get_digestbyname(crypto->alg->hash_name);
	return crypto->md;
}

bool crypto_hash(const struct crypto *crypto, const void *data, size_t size, uint8_t *digest)
{
	return EVP_Digest(data, size, digest, NULL, crypto->md, NULL) == 1;
}

/* SPDM has r and s side by side, in the width of the curve */
static bool raw_signature(const struct crypto *crypto, const uint8_t *der, size_t size,
			  uint8_t *signature)
{
	int half = crypto->alg->signature_size / 2;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, size);
	bool ok;

	ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), signature, half) == half &&
	     BN_bn2binpad(ECDSA_SIG_get0_s(sig), signature + half, half) == half;
	ECDSA_SIG_free(sig);
	return ok;
}

/* Sign what has the given digest */
bool crypto_sign(const struct crypto *crypto, const uint8_t *digest, uint8_t *signature)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(crypto->key, NULL);
	/* DER adds up to 9 bytes */
	uint8_t der[SIGNATURE_MAX + 16];
	size_t size = sizeof(der);
	bool ok;

	ok = ctx && EVP_PKEY_sign_init(ctx) == 1 &&
	     EVP_PKEY_sign(ctx, der, &size, digest, crypto->alg->hash_size) == 1 &&
	     raw_signature(crypto, der, size, signature);
	EVP_PKEY_CTX_free(ctx);
	return ok;
}
