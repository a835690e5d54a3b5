/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is this the device that it should be? Judges struct evidence; knows nothing of sysfs
 * or policy files. Works offline, with evidence of any SPDM device.
 */

#ifndef PCITSM_VERIFY_H
#define PCITSM_VERIFY_H

#include <time.h>

#include "evidence.h"

/* One measurement to expect, or one that was found */
struct measurement {
	uint8_t index;
	uint8_t type;		/* DMTFSpecMeasurementValueType, bit 7: raw */
	struct bytes value;	/* of a struct verdict: points into the evidence */
};

/**
 * struct expectation - what a device has to be
 * @roots: file with one or more trusted root certificates, PEM; NULL: any root, which
 *	verify() reports as unverified and never as good
 * @name: the CMA name that the certificate must have (otherName 2.23.147), NULL: any
 * @nonce: EVIDENCE_NONCE_SIZE bytes that must be in the request; NULL: any
 * @required: measurements that must be there with this value
 * @nr_required: how many
 * @ignored: bit N: whatever measurement N is, it is good; never covers device mode
 * @others_allowed: measurements that are neither in @required nor @ignored are good
 * @minimum_svn: of the blocks of type 7; 0: none, and none has to be there
 * @allow_debug: device mode may say debug or not normal operation
 * @allow_fw_update: NO_FW_UPDATE may be clear in the report
 * @allow_ats: the report may say that ATS is enabled
 * @allow_prs: the report may say that PRS is enabled
 * @allow_reserved: the report may have bits set that TDISP 1.0 reserves
 * @need_report: evidence without a report is refused
 * @now: time for validity; 0: the clock
 */
struct expectation {
	const char *roots;
	const char *name;
	const uint8_t *nonce;
	const struct measurement *required;
	size_t nr_required;
	uint64_t ignored[4];
	bool others_allowed;
	uint64_t minimum_svn;
	bool allow_debug;
	bool allow_fw_update;
	bool allow_ats;
	bool allow_prs;
	bool allow_reserved;
	bool need_report;
	time_t now;
};

/* The checks in the order in which they are made; names as in messages and JSON */
enum check {
	CHECK_CERTIFICATES,
	CHECK_NAME,
	CHECK_VCA,
	CHECK_NONCE,
	CHECK_SIGNATURE,
	CHECK_MEASUREMENTS,
	CHECK_DEVICE_MODE,
	CHECK_SVN,
	CHECK_REPORT,
	CHECK_DIGEST,
	NR_CHECKS,
};

enum result {
	RESULT_NOT_DONE,	/* a check before it failed */
	RESULT_NOT_ASKED,	/* nothing to compare with, or no such object */
	RESULT_GOOD,
	RESULT_BAD,
};

/**
 * struct verdict - what verify() found
 * @result: of each check
 * @text: of each check, what was found; for a bad one: what was expected, what was
 *	found and, where there is something, what to do. Printable ASCII.
 * @good: all checks are good or were not asked for, the chain ends in a trusted root,
 *	and the signature is good
 * @digest: "sha384:..." to accept the function by, empty if there is none
 * @spdm_version: as in SPDM: 0x12 is 1.2
 * @measurements: all that were found, in ascending order of index
 * @nr_measurements: how many
 */
struct verdict {
	enum result result[NR_CHECKS];
	char text[NR_CHECKS][512];
	bool good;
	char digest[EVIDENCE_DIGEST_TEXT];
	uint8_t spdm_version;
	struct measurement *measurements;
	size_t nr_measurements;
};

extern const char *const check_names[NR_CHECKS];

/**
 * verify() - judge evidence
 * @ev: the evidence; must live as long as @v does
 * @want: what to expect
 * @v: always filled in, to be freed with verdict_free()
 *
 * Return: 0 if a verdict was reached, whatever it is; a negative error number if
 * something else failed: no memory, no such file of roots.
 */
int verify(const struct evidence *ev, const struct expectation *want, struct verdict *v);

void verdict_free(struct verdict *v);

#endif /* PCITSM_VERIFY_H */
