// SPDX-License-Identifier: GPL-2.0
/*
 * Is this the device that it should be? The order of the checks: first who speaks, then
 * whether it spoke now and to us, then what it says.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "digest.h"
#include "signature.h"
#include "verify-judge.h"

/* Bytes of a nonce that a message has */
#define NONCE_SHOWN	8

const char *const check_names[NR_CHECKS] = {
	[CHECK_CERTIFICATES]	= "certificates",
	[CHECK_NAME]		= "name",
	[CHECK_VCA]		= "vca",
	[CHECK_NONCE]		= "nonce",
	[CHECK_SIGNATURE]	= "signature",
	[CHECK_MEASUREMENTS]	= "measurements",
	[CHECK_DEVICE_MODE]	= "device-mode",
	[CHECK_SVN]		= "svn",
	[CHECK_REPORT]		= "report",
	[CHECK_DIGEST]		= "digest",
};

/* What the checks find out for those after them */
struct work {
	const struct evidence *ev;
	const struct expectation *want;
	struct verdict *v;
	STACK_OF(X509) *roots;
	struct chain chain;
	struct spdm_connection connection;
	struct spdm_measurements meas;
	struct report report;
	struct bars bars;
};

static void set(struct verdict *v, enum check which, enum result result, const struct why *why)
{
	v->result[which] = result;
	snprintf(v->text[which], sizeof(v->text[which]), "%s", why->text);
}

/*
 * What comes of a check that is good unless @rc says otherwise. Return: 0: go on;
 * -EBADMSG: do not; anything else: there is no verdict.
 */
static int conclude(struct work *w, enum check which, int rc, enum result result,
		    const struct why *why)
{
	if (!rc)
		set(w->v, which, result, why);
	else if (rc == -EBADMSG)
		set(w->v, which, RESULT_BAD, why);
	return rc;
}

static int check_certificates(struct work *w)
{
	time_t now = w->want->now ? w->want->now : time(NULL);
	enum result result = RESULT_NOT_ASKED;
	char subject[CHAIN_NAME];
	struct why why = {};
	int rc;

	rc = chain_parse(&w->ev->certificates, &w->chain, &why);
	if (!rc)
		rc = chain_verify(&w->chain, w->roots, now, &why);
	if (!rc && !signature_algorithms(chain_key(&w->chain)))
		rc = refuse(&why, "expected the device to have a key for ECDSA or RSA");
	if (!rc) {
		chain_subject(w->chain.cert[0], subject);
		refuse(&why, w->roots ? "%u, from that of the device to the trusted root %s" :
			"%u, up to the root %s, of which nothing is known: name roots to trust",
			w->chain.nr, subject);
		if (w->roots)
			result = RESULT_GOOD;
	}
	return conclude(w, CHECK_CERTIFICATES, rc, result, &why);
}

static int check_name(struct work *w)
{
	const char *wanted = w->want->name;
	char name[CHAIN_NAME];
	struct why why = {};
	int rc;

	rc = chain_device_name(&w->chain, wanted, name, &why);
	if (!wanted) {
		/* There may be none */
		if (rc >= 0)
			refuse(&why, "%s, and any other would do", name);
		return conclude(w, CHECK_NAME, 0, RESULT_NOT_ASKED, &why);
	}
	if (rc > 0)
		refuse(&why, "%s", name);
	else if (!rc)
		refuse(&why, "expected the certificate of %s, found that of %s", wanted, name);
	return conclude(w, CHECK_NAME, rc > 0 ? 0 : -EBADMSG, RESULT_GOOD, &why);
}

static int check_vca(struct work *w)
{
	struct spdm_connection *connection = &w->connection;
	char algorithm[SIGNATURE_ALGORITHM];
	struct why why = {};
	int rc;

	if (!w->ev->vca.size) {
		rc = spdm_parse_version(&w->ev->measurements, connection, &why);
		if (!rc)
			refuse(&why, "there is none, and SPDM 1.%u does not sign it",
			       connection->version & 0xf);
	} else {
		rc = spdm_parse_vca(&w->ev->vca, connection, &why);
		if (!rc)
			rc = signature_name(connection, algorithm, &why);
		if (!rc)
			refuse(&why, "SPDM 1.%u, %s%s%s", connection->version & 0xf, algorithm,
			       connection->fresh ? "" : ", measurements as of the last reset",
			       connection->version >= SPDM_VERSION_12 ? "" : "; not signed");
	}
	w->v->spdm_version = rc ? 0 : connection->version;
	return conclude(w, CHECK_VCA, rc, connection->known ? RESULT_GOOD : RESULT_NOT_ASKED,
			&why);
}

static int check_nonce(struct work *w)
{
	const uint8_t *wanted = w->want->nonce, *found;
	char wanted_text[2 * NONCE_SHOWN + 1], found_text[2 * NONCE_SHOWN + 1];
	struct why why = {};
	int rc;

	rc = spdm_parse_request(&w->ev->measurements, &w->connection, &w->meas, &why);
	if (rc)
		return conclude(w, CHECK_NONCE, rc, RESULT_BAD, &why);
	if (!wanted && w->ev->nonce.size == EVIDENCE_NONCE_SIZE)
		wanted = w->ev->nonce.data;

	found = w->meas.nonce;
	hex_format(found, NONCE_SHOWN, found_text);
	if (wanted && memcmp(wanted, found, EVIDENCE_NONCE_SIZE)) {
		hex_format(wanted, NONCE_SHOWN, wanted_text);
		rc = refuse(&why, "expected %s..., found %s...: of another request; "
			    "collect evidence anew",
			    wanted_text, found_text);
	} else {
		refuse(&why, w->want->nonce ? "%s..., as asked for" :
			"%s..., not known to be new: say which was asked for", found_text);
	}
	return conclude(w, CHECK_NONCE, rc, w->want->nonce ? RESULT_GOOD : RESULT_NOT_ASKED,
			&why);
}

/* For those who read the verdict, in ascending order of index */
static int list_measurements(struct verdict *v, const struct spdm_measurements *meas)
{
	v->measurements = calloc(meas->nr_blocks, sizeof(*v->measurements));
	if (!v->measurements)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(meas->block); i++) {
		const struct spdm_block *block = &meas->block[i];

		if (!block->value)
			continue;
		v->measurements[v->nr_measurements++] = (struct measurement) {
			.index = block->index,
			.type = block->type,
			.value.data = (uint8_t *)block->value,
			.value.size = block->size,
		};
	}
	return 0;
}

static size_t key_signature_size(EVP_PKEY *key)
{
	uint32_t algorithms = signature_algorithms(key);

	/* Those that fit one key have signatures of the same size: take the lowest */
	return spdm_signature_size(algorithms & -algorithms);
}

static int check_signature(struct work *w)
{
	EVP_PKEY *key = chain_key(&w->chain);
	char algorithm[SIGNATURE_ALGORITHM];
	struct why why = {};
	int rc;

	rc = spdm_parse_measurements(&w->ev->measurements, &w->connection,
				     key_signature_size(key), &w->meas, &why);
	if (rc)
		return conclude(w, CHECK_MEASUREMENTS, rc, RESULT_BAD, &why);

	rc = signature_verify(w->ev, &w->connection, &w->meas, key, algorithm, &why);
	if (!rc)
		rc = list_measurements(w->v, &w->meas);
	if (!rc)
		refuse(&why, "made by the device: SPDM 1.%u, %s", w->connection.version & 0xf,
		       algorithm);
	return conclude(w, CHECK_SIGNATURE, rc, RESULT_GOOD, &why);
}

/* Who is told no wants to know all that is wrong, so none of these ends it */
static void judge(struct work *w)
{
	struct verdict *v = w->v;
	struct why why = {};

	set(v, CHECK_MEASUREMENTS, judge_measurements(w->want, &w->meas, &why), &why);
	set(v, CHECK_DEVICE_MODE, judge_device_mode(w->want, &w->meas, &why), &why);
	set(v, CHECK_SVN, judge_svn(w->want, &w->meas, &why), &why);
	set(v, CHECK_REPORT, judge_report(w->want, w->ev, &w->report, &w->bars, &why), &why);
}

static bool any_bad(const struct verdict *v)
{
	for (int i = 0; i < NR_CHECKS; i++)
		if (v->result[i] == RESULT_BAD)
			return true;
	return false;
}

static int check_digest(struct work *w)
{
	const struct evidence *ev = w->ev;
	struct lock_flags flags;
	struct why why = {};
	int rc = 0;

	/* Nobody is to accept what was refused */
	if (any_bad(w->v))
		return 0;
	if (!ev->vca.size || !ev->report.size || !ev->lock_flags.size || !ev->resource.size) {
		refuse(&why, "none: that takes vca, report, lock_flags and resource");
		return conclude(w, CHECK_DIGEST, 0, RESULT_NOT_ASKED, &why);
	}
	rc = lock_flags_parse(&ev->lock_flags, &flags, &why);
	if (!rc)
		rc = digest_evidence(&ev->certificates, &w->connection, &w->meas, &flags,
				     &w->report, &w->bars, w->v->digest);
	if (!rc)
		refuse(&why, "%s", w->v->digest);
	return conclude(w, CHECK_DIGEST, rc, RESULT_GOOD, &why);
}

static int all_checks(struct work *w)
{
	int rc = check_certificates(w);

	if (!rc)
		rc = check_name(w);
	if (!rc)
		rc = check_vca(w);
	if (!rc)
		rc = check_nonce(w);
	if (!rc)
		rc = check_signature(w);
	if (rc)
		return rc;
	judge(w);
	return check_digest(w);
}

static bool is_good(const struct verdict *v)
{
	for (int i = 0; i < NR_CHECKS; i++)
		if (v->result[i] != RESULT_GOOD && v->result[i] != RESULT_NOT_ASKED)
			return false;
	return v->result[CHECK_CERTIFICATES] == RESULT_GOOD &&
	       v->result[CHECK_SIGNATURE] == RESULT_GOOD;
}

int verify(const struct evidence *ev, const struct expectation *want, struct verdict *v)
{
	struct work *w;
	int rc = 0;

	*v = (struct verdict) {};
	for (int i = 0; i < NR_CHECKS; i++)
		snprintf(v->text[i], sizeof(v->text[i]), "not looked at: a check before it failed");

	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->ev = ev;
	w->want = want;
	w->v = v;
	if (want->roots)
		rc = chain_load_roots(want->roots, &w->roots);
	if (!rc)
		rc = all_checks(w);
	if (rc == -EBADMSG)
		rc = 0;
	v->good = !rc && is_good(v);
	if (!v->good && any_bad(v))
		v->digest[0] = 0;

	chain_free(&w->chain);
	sk_X509_pop_free(w->roots, X509_free);
	free(w);
	return rc;
}

void verdict_free(struct verdict *v)
{
	free(v->measurements);
	v->measurements = NULL;
	v->nr_measurements = 0;
}
