// SPDX-License-Identifier: GPL-2.0
/*
 * The signature of measurements, DMTF DSP0274. Until SPDM 1.1 it is over the hash of
 * request and response; from 1.2 on over that of a context and the hash of all messages
 * since the connection began.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "signature.h"

#define CONTEXT_SIZE	100
#define CONTEXT_PREFIX	"dmtf-spdm-v1.%u.*"
#define CONTEXT_COPIES	4

static const struct asym {
	uint32_t bit;
	const char *name;
	const char *curve;
	int rsa_bits;
	int padding;
} asyms[] = {
	{ SPDM_RSASSA_2048, "RSASSA 2048", NULL, 2048, RSA_PKCS1_PADDING },
	{ SPDM_RSAPSS_2048, "RSAPSS 2048", NULL, 2048, RSA_PKCS1_PSS_PADDING },
	{ SPDM_RSASSA_3072, "RSASSA 3072", NULL, 3072, RSA_PKCS1_PADDING },
	{ SPDM_RSAPSS_3072, "RSAPSS 3072", NULL, 3072, RSA_PKCS1_PSS_PADDING },
	{ SPDM_RSASSA_4096, "RSASSA 4096", NULL, 4096, RSA_PKCS1_PADDING },
	{ SPDM_RSAPSS_4096, "RSAPSS 4096", NULL, 4096, RSA_PKCS1_PSS_PADDING },
	{ SPDM_ECDSA_P256, "ECDSA P-256", "prime256v1", 0, 0 },
	{ SPDM_ECDSA_P384, "ECDSA P-384", "secp384r1", 0, 0 },
	{ SPDM_ECDSA_P521, "ECDSA P-521", "secp521r1", 0, 0 },
};

static const struct hash {
	uint32_t bit;
	const char *name;
} hashes[] = {
	{ SPDM_SHA_256, "SHA2-256" },
	{ SPDM_SHA_384, "SHA2-384" },
	{ SPDM_SHA_512, "SHA2-512" },
	{ SPDM_SHA3_256, "SHA3-256" },
	{ SPDM_SHA3_384, "SHA3-384" },
	{ SPDM_SHA3_512, "SHA3-512" },
};

/* Does the key have the curve or the size of the algorithm? */
static bool key_fits(EVP_PKEY *key, const struct asym *asym)
{
	char curve[64];

	if (!asym->curve)
		return EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) == asym->rsa_bits;
	return EVP_PKEY_is_a(key, "EC") &&
	       EVP_PKEY_get_group_name(key, curve, sizeof(curve), NULL) &&
	       !strcmp(curve, asym->curve);
}

uint32_t signature_algorithms(EVP_PKEY *key)
{
	uint32_t bits = 0;

	for (size_t i = 0; key && i < ARRAY_SIZE(asyms); i++)
		if (key_fits(key, &asyms[i]))
			bits |= asyms[i].bit;
	ERR_clear_error();
	return bits;
}

static const struct asym *find_asym(uint32_t bit)
{
	for (size_t i = 0; i < ARRAY_SIZE(asyms); i++)
		if (asyms[i].bit == bit)
			return &asyms[i];
	return NULL;
}

static const struct hash *find_hash(uint32_t bit)
{
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++)
		if (hashes[i].bit == bit)
			return &hashes[i];
	return NULL;
}

int signature_name(const struct spdm_connection *connection, char *text, struct why *why)
{
	const struct asym *asym = find_asym(connection->base_asym);
	const struct hash *hash = find_hash(connection->base_hash);

	if (!asym)
		return refuse(why, "signature algorithm 0x%x is not known here",
			      connection->base_asym);
	if (!hash)
		return refuse(why, "hash algorithm 0x%x is not known here",
			      connection->base_hash);
	snprintf(text, SIGNATURE_ALGORITHM, "%s, %s", asym->name, hash->name);
	return 0;
}

/*
 * SPDM has r and s of ECDSA one behind the other, OpenSSL wants a SEQUENCE of both.
 * @der: to be freed. Return: its size or a negative error number.
 */
static int ecdsa_der(const uint8_t *raw, size_t size, unsigned char **der)
{
	BIGNUM *r = BN_bin2bn(raw, size / 2, NULL);
	BIGNUM *s = BN_bin2bn(raw + size / 2, size / 2, NULL);
	ECDSA_SIG *sig = ECDSA_SIG_new();
	int n = -ENOMEM;

	*der = NULL;
	if (r && s && sig && ECDSA_SIG_set0(sig, r, s)) {
		r = NULL;
		s = NULL;
		n = i2d_ECDSA_SIG(sig, der);
		if (n <= 0)
			n = -ENOMEM;
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return n;
}

/* What the signature algorithm is given: from 1.2 on a context and a hash */
static int make_context(const struct evidence *ev, const struct spdm_connection *connection,
			const struct spdm_measurements *meas, const EVP_MD *md, uint8_t *message,
			size_t *size)
{
	static const char purpose[] = { "responder-measurements signing" };
	const size_t purpose_size = sizeof(purpose) - 1;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned int hash_size = 0;
	char prefix[32];
	bool good;
	int n;

	memset(message, 0, CONTEXT_SIZE);
	n = snprintf(prefix, sizeof(prefix), CONTEXT_PREFIX, connection->version & 0xf);
	for (int i = 0; i < CONTEXT_COPIES; i++)
		memcpy(message + i * n, prefix, n);
	memcpy(message + CONTEXT_SIZE - purpose_size, purpose, purpose_size);

	good = ctx && EVP_DigestInit_ex(ctx, md, NULL) &&
	       EVP_DigestUpdate(ctx, ev->vca.data, ev->vca.size) &&
	       EVP_DigestUpdate(ctx, ev->measurements.data, meas->signed_size) &&
	       EVP_DigestFinal_ex(ctx, message + CONTEXT_SIZE, &hash_size);
	EVP_MD_CTX_free(ctx);
	if (!good)
		return -ENOMEM;
	*size = CONTEXT_SIZE + hash_size;
	return 0;
}

/* Return: 1: good, 0: not, or -ENOMEM */
static int check(EVP_PKEY *key, const struct asym *asym, const EVP_MD *md,
		 const struct bytes *message, const struct bytes *signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pkey_ctx;
	int rc = -ENOMEM;

	if (!ctx || EVP_DigestVerifyInit(ctx, &pkey_ctx, md, NULL, key) != 1)
		goto out;
	if (!asym->curve && EVP_PKEY_CTX_set_rsa_padding(pkey_ctx, asym->padding) <= 0)
		goto out;
	if (asym->padding == RSA_PKCS1_PSS_PADDING &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey_ctx, RSA_PSS_SALTLEN_DIGEST) <= 0)
		goto out;
	rc = EVP_DigestVerify(ctx, signature->data, signature->size, message->data,
			      message->size) == 1;
out:
	ERR_clear_error();
	EVP_MD_CTX_free(ctx);
	return rc;
}

static int verify_with(const struct evidence *ev, const struct spdm_connection *connection,
		       const struct spdm_measurements *meas, EVP_PKEY *key,
		       const struct asym *asym, const struct hash *hash)
{
	uint8_t context[CONTEXT_SIZE + EVP_MAX_MD_SIZE];
	struct bytes message = { .data = ev->measurements.data, .size = meas->signed_size };
	struct bytes signature = { .data = (uint8_t *)meas->signature,
				   .size = meas->signature_size };
	EVP_MD *md = EVP_MD_fetch(NULL, hash->name, NULL);
	unsigned char *der = NULL;
	int rc = md ? 0 : -ENOMEM;

	if (!rc && connection->version >= SPDM_VERSION_12) {
		rc = make_context(ev, connection, meas, md, context, &message.size);
		message.data = context;
	}
	if (!rc && asym->curve) {
		int n = ecdsa_der(meas->signature, meas->signature_size, &der);

		rc = n < 0 ? n : 0;
		signature = (struct bytes) { .data = der, .size = n };
	}
	if (!rc)
		rc = check(key, asym, md, &message, &signature);
	OPENSSL_free(der);
	EVP_MD_free(md);
	ERR_clear_error();
	return rc;
}

/* Without a VCA: what fits the key, with any hash. Each pair is safe by itself. */
static int verify_unknown(const struct evidence *ev, const struct spdm_connection *connection,
			  const struct spdm_measurements *meas, EVP_PKEY *key, char *algorithm,
			  struct why *why)
{
	for (size_t i = 0; i < ARRAY_SIZE(asyms); i++) {
		if (!key_fits(key, &asyms[i]))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(hashes); k++) {
			int rc = verify_with(ev, connection, meas, key, &asyms[i], &hashes[k]);

			if (rc < 0)
				return rc;
			if (!rc)
				continue;
			snprintf(algorithm, SIGNATURE_ALGORITHM, "%s, %s", asyms[i].name,
				 hashes[k].name);
			return 0;
		}
	}
	return refuse(why, "not made by the device's key over these messages, by any algorithm");
}

/* It is bad; is there something to say about why? Nothing is good because of it. */
static void explain(const struct evidence *ev, const struct spdm_connection *connection,
		    const struct spdm_measurements *meas, EVP_PKEY *key, struct why *why)
{
	const struct hash *hash = find_hash(connection->base_hash);
	uint32_t algorithms = signature_algorithms(key);
	struct spdm_connection other = *connection;

	for (size_t i = 0; i < ARRAY_SIZE(asyms); i++) {
		if (!(asyms[i].bit & algorithms))
			continue;
		for (uint8_t v = SPDM_VERSION_11; v <= SPDM_VERSION_13; v++) {
			other.version = v;
			if (verify_with(ev, &other, meas, key, &asyms[i], hash) != 1)
				continue;
			refuse(why, "expected what SPDM 1.%u signs, by %s; "
			       "the device signed as SPDM 1.%u has it, by %s",
			       connection->version & 0xf,
			       find_asym(connection->base_asym)->name, v & 0xf, asyms[i].name);
			return;
		}
	}
}

int signature_verify(const struct evidence *ev, const struct spdm_connection *connection,
		     const struct spdm_measurements *meas, EVP_PKEY *key, char *algorithm,
		     struct why *why)
{
	int rc;

	if (!connection->known)
		return verify_unknown(ev, connection, meas, key, algorithm, why);

	if (signature_name(connection, algorithm, why))
		return -EBADMSG;
	if (!(signature_algorithms(key) & connection->base_asym))
		return refuse(why, "expected a key for %s, found another in the certificate",
			      find_asym(connection->base_asym)->name);
	rc = verify_with(ev, connection, meas, key, find_asym(connection->base_asym),
			 find_hash(connection->base_hash));
	if (rc < 0)
		return rc;
	if (rc)
		return 0;
	refuse(why, "%s: not made by the key of the device over these messages", algorithm);
	explain(ev, connection, meas, key, why);
	return -EBADMSG;
}
