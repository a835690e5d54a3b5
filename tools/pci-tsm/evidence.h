/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Evidence of one locking of a function: the objects of tsm/ in sysfs, as files. Where
 * they come from does not matter to who judges them.
 */

#ifndef PCITSM_EVIDENCE_H
#define PCITSM_EVIDENCE_H

#include "common.h"

#define EVIDENCE_NONCE_SIZE 32
#define EVIDENCE_DIGEST_TEXT 104	/* "sha384:", 96 digits, a zero byte */

/**
 * struct evidence - what a verifier needs
 * @certificates: DER certificates, root first
 * @vca: six SPDM messages; empty for evidence of SPDM 1.0 and 1.1 that comes from
 *	elsewhere and does not have them
 * @measurements: GET_MEASUREMENTS and MEASUREMENTS
 * @report: TDISP interface report; empty if there is none (any SPDM device)
 * @lock_flags: text "0xSSSS/0xKKKK" of tsm/lock_flags, or empty
 * @resource: text of the function's resource, or empty
 * @nonce: what was asked for, empty if unknown
 *
 * Without vca, report, lock_flags or resource there is no evidence digest.
 */
struct evidence {
	struct bytes certificates;
	struct bytes vca;
	struct bytes measurements;
	struct bytes report;
	struct bytes lock_flags;
	struct bytes resource;
	struct bytes nonce;
};

/**
 * evidence_load() - read the objects from a directory
 * @dirfd: directory with files certificates, vca, measurements, report, lock_flags,
 *	resource, nonce
 * @where: its name, for messages
 * @ev: on success, to be freed with evidence_free()
 *
 * certificates and measurements must be there, the others may be absent. Sizes are
 * bounded: 16 MiB (certificates, measurements), 64 KiB (vca), 65535 (report).
 * Complains about what is wrong.
 * Return: 0 or a negative error number.
 */
int evidence_load(int dirfd, const char *where, struct evidence *ev);

/**
 * evidence_save() - write the objects into a directory
 * @dir: is made if it is not there, with mode 0700; must have none of these files yet
 *	unless @force
 * @ev: the objects; those that are empty are left out
 * @force: replace files
 *
 * Each file appears whole or not at all, and no link is followed. Complains about what
 * is wrong.
 * Return: 0 or a negative error number.
 */
int evidence_save(const char *dir, const struct evidence *ev, bool force);

void evidence_free(struct evidence *ev);

#endif /* PCITSM_EVIDENCE_H */
