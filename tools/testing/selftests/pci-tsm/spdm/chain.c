// SPDX-License-Identifier: GPL-2.0
/*
 * A certificate chain in the form that a slot has it: length, reserved, digest of
 * the root certificate, certificates from the root on
 */
#include <openssl/x509.h>
#include <stdio.h>

#include "responder.h"
#include "util.h"

/* Size of the root certificate; 0 unless the bytes are certificates down to our key */
static size_t check_certificates(const struct crypto *crypto, const uint8_t *data, size_t size)
{
	const uint8_t *at = data;
	size_t root_size = 0;
	X509 *cert;
	bool ours;

	cert = NULL;
	while (at < data + size) {
		X509_free(cert);
		cert = d2i_X509(NULL, &at, data + size - at);
		if (!cert)
			return 0;
		if (!root_size)
			root_size = at - data;
	}
	ours = cert && X509_check_private_key(cert, crypto->key) == 1;
	X509_free(cert);
	return ours ? root_size : 0;
}

bool chain_load(struct chain *chain, const struct crypto *crypto, const char *path)
{
	size_t before = SPDM_CHAIN_HEADER_SIZE + crypto->alg->hash_size;
	uint8_t *certs = chain->data + before;
	FILE *file = fopen(path, "rb");
	size_t size, root_size;
	bool whole;

	if (!file) {
		perror(path);
		return false;
	}
	size = fread(certs, 1, sizeof(chain->data) - before, file);
	whole = !ferror(file) && fgetc(file) == EOF;
	fclose(file);
	if (!whole) {
		fprintf(stderr, "%s: cannot be read, or is too large for SPDM\n", path);
		return false;
	}
	root_size = check_certificates(crypto, certs, size);
	if (!root_size) {
		fprintf(stderr, "%s: not DER certificates from a root to our key\n", path);
		return false;
	}

	chain->size = before + size;
	le_put(chain->data, 2, chain->size);
	le_put(chain->data + 2, 2, 0);
	return crypto_hash(crypto, certs, root_size, chain->data + SPDM_CHAIN_HEADER_SIZE) &&
	       crypto_hash(crypto, chain->data, chain->size, chain->digest);
}
