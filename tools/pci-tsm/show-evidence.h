/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Evidence and verdicts for people, and as JSON.
 */

#ifndef PCITSM_SHOW_EVIDENCE_H
#define PCITSM_SHOW_EVIDENCE_H

#include "verify.h"

struct json_object;

/**
 * show_evidence() - print on stdout what evidence says, judging nothing
 * @ev: the evidence; objects that are malformed are said to be so
 *
 * Certificates with subjects and validity, SPDM version and algorithms, measurements,
 * the interface report.
 */
void show_evidence(const struct evidence *ev);

/* The same as JSON; NULL without memory */
struct json_object *json_evidence(const struct evidence *ev);

/* Print each check with its result and what was found, and the digest last */
void show_verdict(const struct verdict *v);
struct json_object *json_verdict(const struct verdict *v);

/* Words for types of measurement, "mutable firmware" */
const char *measurement_type(uint8_t type);

#endif /* PCITSM_SHOW_EVIDENCE_H */
