/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The signature of measurements: what it is over, and whether it is good.
 */

#ifndef PCITSM_SIGNATURE_H
#define PCITSM_SIGNATURE_H

#include <openssl/evp.h>

#include "evidence.h"
#include "spdm.h"

/*
 * Algorithm of a key in terms of BaseAsymSel, without a choice of padding: for RSA, all
 * bits that fit. 0: none that is known here.
 */
uint32_t signature_algorithms(EVP_PKEY *key);

/**
 * signature_verify() - verify the signature of measurements
 * @ev: vca and measurements are looked at
 * @connection: what was negotiated, or nothing known but a version before 1.2
 * @meas: the parsed measurements
 * @key: of the device
 * @algorithm: on success, the algorithm in words, room for 64 characters
 * @why: why it was refused
 *
 * Return: 0, -EBADMSG with @why, or -ENOMEM.
 */
int signature_verify(const struct evidence *ev, const struct spdm_connection *connection,
		     const struct spdm_measurements *meas, EVP_PKEY *key, char *algorithm,
		     struct why *why);

#define SIGNATURE_ALGORITHM 64

/* What is the algorithm called that was negotiated? @text: SIGNATURE_ALGORITHM */
int signature_name(const struct spdm_connection *connection, char *text, struct why *why);

#endif /* PCITSM_SIGNATURE_H */
