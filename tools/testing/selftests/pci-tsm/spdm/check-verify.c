// SPDX-License-Identifier: GPL-2.0
/*
 * Certificates and signatures
 */
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "check.h"

static X509 *read_root(const struct session *session)
{
	char path[4096];
	X509 *root;
	BIO *file;

	snprintf(path, sizeof(path), "%s/root.pem", session->settings->certs);
	file = BIO_new_file(path, "r");
	expect(file, "no %s", path);
	root = PEM_read_bio_X509(file, NULL, NULL, NULL);
	expect(root, "no certificate in %s", path);
	BIO_free(file);
	return root;
}

/* SEQUENCE { [0] { OID 2.23.147, [0] { UTF8String } } } and nothing else */
static void check_name(const struct session *session, X509 *leaf)
{
	size_t length = strlen(session->settings->san);
	int at = X509_get_ext_by_NID(leaf, NID_subject_alt_name, -1);
	const uint8_t head[] = {
		0x30, length + 11, 0xa0, length + 9, 0x06, 0x03, 0x67, 0x81, 0x13,
		0xa0, length + 2, 0x0c, length,
	};
	const ASN1_OCTET_STRING *value;
	const uint8_t *data;

	expect(length < 100, "a name of %zu bytes", length);
	expect(at >= 0, "the leaf has no Subject Alternative Name");
	value = X509_EXTENSION_get_data(X509_get_ext(leaf, at));
	data = ASN1_STRING_get0_data(value);
	expect((size_t)ASN1_STRING_length(value) == sizeof(head) + length &&
	       !memcmp(data, head, sizeof(head)) &&
	       !memcmp(data + sizeof(head), session->settings->san, length),
	       "the leaf does not have the name %s", session->settings->san);
}

/* As CMA-SPDM wants the leaf */
static void check_leaf(const struct session *session, X509 *leaf)
{
	ASN1_OBJECT *wanted = OBJ_txt2obj("1.3.6.1.4.1.412.274.3", 1);
	EXTENDED_KEY_USAGE *usage = X509_get_ext_d2i(leaf, NID_ext_key_usage, NULL, NULL);
	bool found = false;

	for (int i = 0; i < sk_ASN1_OBJECT_num(usage); i++)
		found |= !OBJ_cmp(sk_ASN1_OBJECT_value(usage, i), wanted);
	expect(found, "no EKU for responders");
	expect(X509_get_key_usage(leaf) == KU_DIGITAL_SIGNATURE, "key usage %x",
	       X509_get_key_usage(leaf));
	expect(!X509_check_ca(leaf), "the leaf is a CA");
	check_name(session, leaf);
	EXTENDED_KEY_USAGE_free(usage);
	ASN1_OBJECT_free(wanted);
}

static void check_path(X509 *root, struct stack_st_X509 *between, X509 *leaf)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();

	expect(store && ctx && X509_STORE_add_cert(store, root) == 1 &&
	       X509_STORE_CTX_init(ctx, store, leaf, between) == 1, "no memory");
	X509_STORE_CTX_set_depth(ctx, 1000);
	expect(X509_verify_cert(ctx) == 1, "chain: %s",
	       X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
	/* Each certificate of the blob has a place in it */
	expect(sk_X509_num(X509_STORE_CTX_get0_chain(ctx)) == sk_X509_num(between) + 1,
	       "%d certificates", sk_X509_num(between) + 1);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
}

/* From the known root to a leaf with the name; its key is the session's from now on */
void verify_chain(struct session *session)
{
	size_t before = SPDM_CHAIN_HEADER_SIZE + session->hash_size;
	const uint8_t *end = session->chain + session->chain_size;
	const uint8_t *at = session->chain + before;
	struct stack_st_X509 *certs = sk_X509_new_null();
	uint8_t digest[EVP_MAX_MD_SIZE];
	X509 *root = read_root(session);
	X509 *leaf;

	expect(session->chain_size > before, "a chain of %zu bytes", session->chain_size);
	expect(le_get(session->chain, 2) == session->chain_size &&
	       !le_get(session->chain + 2, 2), "chain header %08x",
	       le_get(session->chain, 4));
	expect(X509_digest(root, session->md, digest, NULL) == 1, "no digest");
	expect(!memcmp(session->chain + SPDM_CHAIN_HEADER_SIZE, digest, session->hash_size),
	       "the root's digest is another");
	while (at < end) {
		X509 *cert = d2i_X509(NULL, &at, end - at);

		expect(cert, "not a certificate");
		sk_X509_push(certs, cert);
	}
	expect(sk_X509_num(certs) >= 2, "%d certificates", sk_X509_num(certs));
	expect(!X509_cmp(sk_X509_value(certs, 0), root), "the root is another");
	leaf = sk_X509_pop(certs);
	check_path(root, certs, leaf);
	check_leaf(session, leaf);
	EVP_PKEY_free(session->leaf);
	session->leaf = X509_get_pubkey(leaf);
	expect(session->leaf, "no key");
	X509_free(leaf);
	X509_free(root);
	sk_X509_pop_free(certs, X509_free);
}

/* DER of a signature that has r and s side by side */
static int der_signature(const struct session *session, const uint8_t *raw, uint8_t **der)
{
	size_t half = session->signature_size / 2;
	ECDSA_SIG *signature = ECDSA_SIG_new();
	int size;

	ECDSA_SIG_set0(signature, BN_bin2bn(raw, half, NULL), BN_bin2bn(raw + half, half, NULL));
	*der = NULL;
	size = i2d_ECDSA_SIG(signature, der);
	expect(size > 0, "no memory");
	ECDSA_SIG_free(signature);
	return size;
}

/* Does the leaf's key accept the signature of these bytes? */
bool signature_fits(struct session *session, const struct bytes *message,
		    const uint8_t *signature)
{
	uint8_t combined[100 + EVP_MAX_MD_SIZE];
	const uint8_t *input = message->data;
	size_t input_size = message->size;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t *der;
	int der_size;
	bool fits;

	if (session->version >= SPDM_1_2) {
		int length;

		memset(combined, 0, 100);
		length = snprintf((char *)combined, 100,
				  "dmtf-spdm-v1.%1$u.*dmtf-spdm-v1.%1$u.*dmtf-spdm-v1.%1$u.*dmtf-spdm-v1.%1$u.*",
				  session->version & 0xf);
		expect(length == 64, "a prefix of %d bytes", length);
		memcpy(combined + 70, "responder-measurements signing", 30);
		expect(EVP_Digest(input, input_size, combined + 100, NULL, session->md,
				  NULL) == 1, "no digest");
		input = combined;
		input_size = 100 + session->hash_size;
	}
	der_size = der_signature(session, signature, &der);
	expect(ctx && EVP_DigestVerifyInit(ctx, NULL, session->md, NULL, session->leaf) == 1,
	       "no memory");
	fits = EVP_DigestVerify(ctx, der, der_size, input, input_size) == 1;
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
	return fits;
}

bool verify(struct session *session, const struct measured *measured)
{
	expect(measured->signature, "no signature");
	return signature_fits(session, &measured->signed_bytes, measured->signature);
}
