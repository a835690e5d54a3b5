/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Nonces: what a device has to sign its measurements for.
 */

#ifndef PCITSM_NONCE_H
#define PCITSM_NONCE_H

#include "evidence.h"

/**
 * nonce_get() - the nonce that somebody asked for
 * @given: 64 hexadecimal digits, or the name of a file with 32 bytes; NULL: random bytes
 * @nonce: room for EVIDENCE_NONCE_SIZE
 *
 * Complains.
 * Return: 0; -EINVAL: @given is neither; another negative error number.
 */
int nonce_get(const char *given, uint8_t *nonce);

#endif /* PCITSM_NONCE_H */
