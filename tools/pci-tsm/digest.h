/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The evidence digest: SHA-384 of the canonical form, Documentation/PCI/tsm-guest.rst
 */

#ifndef PCITSM_DIGEST_H
#define PCITSM_DIGEST_H

#include "evidence.h"
#include "report.h"
#include "spdm.h"

/**
 * digest_evidence() - compute the digest by which the kernel knows evidence
 * @certificates: the object, as it is
 * @connection: what was negotiated
 * @meas: the measurements
 * @flags: of the lock
 * @report: the interface report
 * @bars: the BARs
 * @text: on success, "sha384:...", room for EVIDENCE_DIGEST_TEXT
 *
 * Return: 0, or -ENOMEM if OpenSSL fails.
 */
int digest_evidence(const struct bytes *certificates, const struct spdm_connection *connection,
		    const struct spdm_measurements *meas, const struct lock_flags *flags,
		    const struct report *report, const struct bars *bars, char *text);

#endif /* PCITSM_DIGEST_H */
