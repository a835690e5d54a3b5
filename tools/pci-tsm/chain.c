// SPDX-License-Identifier: GPL-2.0
/*
 * The certificate chain of a device. OpenSSL follows it and looks at validity, path
 * length, critical extensions, names and strength; what it leaves to its callers is
 * looked at here: that the chain is the whole of what was delivered, in this order, and
 * what the certificates may be used for.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "chain.h"

/* 112 bits of security: RSA of 2048 bits and no SHA-1, as SPDM has it at least */
#define AUTH_LEVEL	2
#define NR_TEXT		16
#define TIME_TEXT	64

#define DER_SEQUENCE	0x30

void chain_free(struct chain *chain)
{
	for (unsigned int i = 0; i < chain->nr; i++)
		X509_free(chain->cert[i]);
	*chain = (struct chain) {};
}

/* d2i_X509() takes BER too, and there must be one way only to write a certificate */
static bool is_der(X509 *cert, const unsigned char *data, size_t size)
{
	unsigned char *der = NULL;
	int n = i2d_X509(cert, &der);
	bool same = n >= 0 && (size_t)n == size && !memcmp(der, data, size);

	OPENSSL_free(der);
	return same;
}

int chain_parse(const struct bytes *certificates, struct chain *chain, struct why *why)
{
	const unsigned char *p = certificates->data;
	const unsigned char *end = p ? p + certificates->size : p;

	*chain = (struct chain) {};
	if (!certificates->size)
		return refuse(why, "there are no certificates");
	while (p < end) {
		const unsigned char *begin = p;
		X509 *cert;

		if (chain->nr == CHAIN_MOST) {
			refuse(why, "expected at most %u certificates, found more", CHAIN_MOST);
			goto bad;
		}
		cert = *p == DER_SEQUENCE ? d2i_X509(NULL, &p, end - p) : NULL;
		ERR_clear_error();
		if (!cert) {
			refuse(why, "expected certificate %u in DER, found none or a part of one",
			       chain->nr + 1);
			goto bad;
		}
		chain->cert[chain->nr++] = cert;
		if (!is_der(cert, begin, p - begin)) {
			refuse(why, "certificate %u is not in DER", chain->nr);
			goto bad;
		}
	}
	return 0;
bad:
	chain_free(chain);
	return -EBADMSG;
}

void chain_subject(const X509 *cert, char *text)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int n = 0;

	if (bio && X509_NAME_print_ex(bio, X509_get_subject_name(cert), 0,
				      XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) >= 0)
		n = BIO_read(bio, text, CHAIN_NAME - 1);
	text[n > 0 ? n : 0] = 0;
	for (char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	BIO_free(bio);
	ERR_clear_error();
}

int chain_load_roots(const char *path, STACK_OF(X509) **roots)
{
	BIO *bio = BIO_new_file(path, "r");
	unsigned long error;
	int rc = -EINVAL;
	X509 *cert;

	*roots = NULL;
	if (!bio) {
		rc = errno ? -errno : -ENOENT;
		complain("%s: roots cannot be read: %s", path, strerror(-rc));
		ERR_clear_error();
		return rc;
	}
	*roots = sk_X509_new_null();
	while (*roots && (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
		if (sk_X509_push(*roots, cert))
			continue;
		X509_free(cert);
		break;
	}

	/* The end of the file is "no start line"; anything else is a broken certificate */
	error = ERR_peek_last_error();
	if (!*roots)
		rc = -ENOMEM;
	else if (ERR_GET_LIB(error) != ERR_LIB_PEM || ERR_GET_REASON(error) != PEM_R_NO_START_LINE)
		complain("%s: certificate %d is malformed", path, sk_X509_num(*roots) + 1);
	else if (!sk_X509_num(*roots))
		complain("%s: expected certificates in PEM, found none", path);
	else
		rc = 0;
	ERR_clear_error();
	BIO_free(bio);
	if (rc) {
		sk_X509_pop_free(*roots, X509_free);
		*roots = NULL;
	}
	return rc;
}

/* "certificate 2 of 3 (CN = ...): " */
static void name_certificate(const struct chain *chain, unsigned int i, char *text, size_t room)
{
	char subject[CHAIN_NAME];

	chain_subject(chain->cert[i], subject);
	snprintf(text, room, "certificate %u of %u (%.120s)", i + 1, chain->nr, subject);
}

static void time_text(const ASN1_TIME *time, char *text)
{
	struct tm tm = {};

	if (!ASN1_TIME_to_tm(time, &tm) || !strftime(text, TIME_TEXT, "%Y-%m-%d %H:%M:%S UTC", &tm))
		snprintf(text, TIME_TEXT, "an unreadable time");
}

static int refuse_openssl(const struct chain *chain, X509_STORE_CTX *ctx, struct why *why)
{
	int error = X509_STORE_CTX_get_error(ctx), depth = X509_STORE_CTX_get_error_depth(ctx);
	X509 *cert = X509_STORE_CTX_get_current_cert(ctx);
	char which[200] = "the chain", when[TIME_TEXT];

	/* Depth counts from that of the device */
	if (depth >= 0 && depth < (int)chain->nr)
		name_certificate(chain, chain->nr - 1 - depth, which, sizeof(which));
	if (cert && error == X509_V_ERR_CERT_HAS_EXPIRED) {
		time_text(X509_get0_notAfter(cert), when);
		return refuse(why, "%s expired at %s; have it renewed, or set the clock", which,
			      when);
	}
	if (cert && error == X509_V_ERR_CERT_NOT_YET_VALID) {
		time_text(X509_get0_notBefore(cert), when);
		return refuse(why, "%s is not valid before %s; set the clock", which, when);
	}
	return refuse(why, "%s: %s", which, X509_verify_cert_error_string(error));
}

/* What OpenSSL built must be what was delivered, in this order and all of it */
static int check_same(const struct chain *chain, X509_STORE_CTX *ctx, struct why *why)
{
	STACK_OF(X509) *built = X509_STORE_CTX_get0_chain(ctx);

	if (sk_X509_num(built) != (int)chain->nr)
		return refuse(why, "expected a chain of all %u certificates, found a path over %d",
			      chain->nr, sk_X509_num(built));
	for (unsigned int i = 0; i < chain->nr; i++)
		if (X509_cmp(sk_X509_value(built, i), chain->cert[chain->nr - 1 - i]))
			return refuse(why, "certificate %u does not follow the one before it",
				      chain->nr - i);
	return 0;
}

static int follow(const struct chain *chain, time_t now, struct why *why)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *trusted = sk_X509_new_null(), *others = sk_X509_new_null();
	X509_VERIFY_PARAM *param;
	int rc = -ENOMEM;

	if (!ctx || !trusted || !others || !sk_X509_push(trusted, chain->cert[0]))
		goto out;
	for (unsigned int i = 1; i + 1 < chain->nr; i++)
		if (!sk_X509_push(others, chain->cert[i]))
			goto out;
	if (!X509_STORE_CTX_init(ctx, NULL, chain->cert[chain->nr - 1], others))
		goto out;
	X509_STORE_CTX_set0_trusted_stack(ctx, trusted);
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, now);
	X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
	/* The signature of the first one by itself says whether it was changed */
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CHECK_SS_SIGNATURE);

	rc = X509_verify_cert(ctx) == 1 ? check_same(chain, ctx, why) :
					  refuse_openssl(chain, ctx, why);
out:
	ERR_clear_error();
	X509_STORE_CTX_free(ctx);
	sk_X509_free(trusted);
	sk_X509_free(others);
	return rc;
}

/* One that signs others: version 3, CA TRUE, and not forbidden to sign certificates */
static int check_ca(const struct chain *chain, unsigned int i, struct why *why)
{
	X509 *cert = chain->cert[i];
	char which[200];

	name_certificate(chain, i, which, sizeof(which));
	if (X509_get_version(cert) != X509_VERSION_3)
		return refuse(why, "%s: expected X.509 version 3, found %ld", which,
			      X509_get_version(cert) + 1);
	if (!(X509_get_extension_flags(cert) & EXFLAG_CA))
		return refuse(why, "%s signs another one, but is not that of a CA", which);
	if (!(X509_get_key_usage(cert) & KU_KEY_CERT_SIGN))
		return refuse(why, "%s signs another one, but its key usage does not allow that",
			      which);
	return 0;
}

/* One purpose at least must be to show who one is */
static bool eku_fits(const X509 *cert)
{
	/* DMTF: SPDM responder. TCG DICE: attestation, initial and local */
	static const char *const oids[] = {
		"1.3.6.1.4.1.412.274.3", "2.23.133.5.4.100.8", "2.23.133.5.4.100.9",
	};
	EXTENDED_KEY_USAGE *eku = X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
	bool fits = false;

	for (int i = 0; i < sk_ASN1_OBJECT_num(eku); i++) {
		const ASN1_OBJECT *o = sk_ASN1_OBJECT_value(eku, i);
		char oid[80];

		switch (OBJ_obj2nid(o)) {
		case NID_anyExtendedKeyUsage:
		case NID_server_auth:
		case NID_client_auth:
			fits = true;
		}
		OBJ_obj2txt(oid, sizeof(oid), o, 1);
		for (size_t k = 0; k < ARRAY_SIZE(oids); k++)
			fits |= !strcmp(oid, oids[k]);
	}
	sk_ASN1_OBJECT_pop_free(eku, ASN1_OBJECT_free);
	ERR_clear_error();
	return fits;
}

static int check_device(const struct chain *chain, struct why *why)
{
	X509 *cert = chain->cert[chain->nr - 1];
	uint32_t flags = X509_get_extension_flags(cert);
	char which[200];

	name_certificate(chain, chain->nr - 1, which, sizeof(which));
	if (X509_get_version(cert) != X509_VERSION_3)
		return refuse(why, "%s: expected X.509 version 3, found %ld", which,
			      X509_get_version(cert) + 1);
	if (flags & EXFLAG_CA)
		return refuse(why, "%s: expected that of a device, found that of a CA", which);
	if (!(flags & EXFLAG_KUSAGE) || !(X509_get_key_usage(cert) & KU_DIGITAL_SIGNATURE))
		return refuse(why, "%s: expected key usage Digital Signature, found %s", which,
			      flags & EXFLAG_KUSAGE ? "others only" : "none");
	if (flags & EXFLAG_XKUSAGE && !eku_fits(cert))
		return refuse(why, "%s: its extended key usage has no purpose of an SPDM device",
			      which);
	return 0;
}

static bool is_root(X509 *cert, STACK_OF(X509) *roots)
{
	for (int i = 0; i < sk_X509_num(roots); i++)
		if (!X509_cmp(cert, sk_X509_value(roots, i)))
			return true;
	return false;
}

int chain_verify(const struct chain *chain, STACK_OF(X509) *roots, time_t now,
		 struct why *why)
{
	char which[200];
	int rc;

	name_certificate(chain, 0, which, sizeof(which));
	if (roots && !is_root(chain->cert[0], roots))
		return refuse(why, "%s is none of the %d trusted roots; "
			      "if its maker is to be trusted, add it to them",
			      which, sk_X509_num(roots));
	if (chain->nr < 2)
		return refuse(why, "expected a root and that of a device, found one certificate");
	for (unsigned int i = 0; i + 1 < chain->nr; i++)
		if (check_ca(chain, i, why))
			return -EBADMSG;
	rc = check_device(chain, why);
	return rc ? rc : follow(chain, now, why);
}

/* What PCIe CMA calls the function may have its serial number behind it */
static bool name_fits(const char *name, const char *wanted)
{
	size_t size = strlen(wanted);

	if (strncmp(name, wanted, size))
		return false;
	name += size;
	return !*name || (*name == ':' && strlen(name) == 17 &&
			  strspn(name + 1, "0123456789abcdefABCDEF") == 16);
}

/* @entry as text. Return: 1: it is a CMA name, 0: it is not, or -EBADMSG. */
static int cma_name(const GENERAL_NAME *entry, char *name, struct why *why)
{
	const ASN1_STRING *s;
	char oid[80];

	if (entry->type != GEN_OTHERNAME)
		return 0;
	OBJ_obj2txt(oid, sizeof(oid), entry->d.otherName->type_id, 1);
	if (strcmp(oid, "2.23.147"))
		return 0;
	if (entry->d.otherName->value->type != V_ASN1_UTF8STRING)
		return refuse(why, "otherName 2.23.147 is no UTF8String");
	s = entry->d.otherName->value->value.utf8string;
	if (ASN1_STRING_length(s) >= CHAIN_NAME)
		return refuse(why, "otherName 2.23.147 has %d characters, more than any name",
			      ASN1_STRING_length(s));
	memcpy(name, ASN1_STRING_get0_data(s), ASN1_STRING_length(s));
	name[ASN1_STRING_length(s)] = 0;
	for (int i = 0; i < ASN1_STRING_length(s); i++)
		if (name[i] < ' ' || name[i] > '~')
			return refuse(why, "otherName 2.23.147 has characters that no name has");
	return 1;
}

static int find_name(GENERAL_NAMES *names, const char *wanted, char *name, struct why *why)
{
	char found[CHAIN_NAME] = "";
	bool any = false;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		int rc = cma_name(sk_GENERAL_NAME_value(names, i), found, why);

		if (rc < 0)
			return rc;
		if (!rc)
			continue;
		if (!any || (wanted && name_fits(found, wanted)))
			memcpy(name, found, sizeof(found));
		if (wanted && name_fits(found, wanted))
			return 1;
		any = true;
	}
	if (!any)
		return refuse(why, "that of the device has no otherName 2.23.147 (PCIe CMA)");
	return 0;
}

int chain_device_name(const struct chain *chain, const char *wanted, char *name,
		      struct why *why)
{
	int crit, rc;
	GENERAL_NAMES *names = X509_get_ext_d2i(chain->cert[chain->nr - 1],
						NID_subject_alt_name, &crit, NULL);

	*name = 0;
	ERR_clear_error();
	if (!names)
		return refuse(why, "the certificate of the device has %s Subject Alternative Name",
			      crit == -1 ? "no" : "a malformed, or more than one,");
	rc = find_name(names, wanted, name, why);
	GENERAL_NAMES_free(names);
	return rc;
}

EVP_PKEY *chain_key(const struct chain *chain)
{
	EVP_PKEY *key = X509_get0_pubkey(chain->cert[chain->nr - 1]);

	ERR_clear_error();
	return key;
}
