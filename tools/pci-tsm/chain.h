/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The certificate chain of a device: X.509 by OpenSSL.
 */

#ifndef PCITSM_CHAIN_H
#define PCITSM_CHAIN_H

#include <time.h>

#include <openssl/x509.h>

#include "parse.h"

/* As many as SPDM and any sane device need */
#define CHAIN_MOST 32

/**
 * struct chain - certificates, root first
 * @cert: the certificates
 * @nr: how many; the last one is the device's
 */
struct chain {
	X509 *cert[CHAIN_MOST];
	unsigned int nr;
};

/* Split DER certificates. Return: 0, -EBADMSG with @why, or -ENOMEM. */
int chain_parse(const struct bytes *certificates, struct chain *chain, struct why *why);
void chain_free(struct chain *chain);

/**
 * chain_verify() - follow the chain from the device's certificate to the first
 * @chain: the chain
 * @roots: certificates of which the first one of @chain must be one; NULL: it is taken
 *	as it is, which proves nothing about who made the device
 * @now: the time that all must be valid at
 * @why: why it was refused
 *
 * Return: 0, -EBADMSG with @why, or -ENOMEM.
 */
int chain_verify(const struct chain *chain, STACK_OF(X509) *roots, time_t now,
		 struct why *why);

/* Load certificates in PEM; complains. Return: 0 or a negative error number. */
int chain_load_roots(const char *path, STACK_OF(X509) **roots);

#define CHAIN_NAME 256

/**
 * chain_device_name() - the name that the device's certificate gives the function
 * @chain: the chain
 * @wanted: take this one if there are several; NULL: the first
 * @name: room for CHAIN_NAME characters; made printable
 * @why: why there is none
 *
 * That is otherName 2.23.147, a UTF8String, of the Subject Alternative Name: PCIe CMA.
 * Return: 1: it is @wanted, or that and the serial number of the device; 0: it is
 * another one, or nothing was wanted; -EBADMSG: there is none, or it is malformed.
 */
int chain_device_name(const struct chain *chain, const char *wanted, char *name,
		      struct why *why);

/* Subject in one line, printable. @text: room for CHAIN_NAME. */
void chain_subject(const X509 *cert, char *text);

/* The public key of the device, owned by @chain; NULL: none that OpenSSL knows */
EVP_PKEY *chain_key(const struct chain *chain);

#endif /* PCITSM_CHAIN_H */
