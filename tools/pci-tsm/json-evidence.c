// SPDX-License-Identifier: GPL-2.0
/*
 * Evidence and verdicts as JSON, see pcitsm(1) for the keys.
 */

#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "cmd.h"
#include "report.h"
#include "show-evidence.h"
#include "signature.h"

/* json-c's functions take a missing value for null: notice it, once and for all */
struct builder {
	bool failed;
};

static void add(struct builder *b, struct json_object *to, const char *key,
		struct json_object *value)
{
	if (value && to && !json_object_object_add(to, key, value))
		return;
	json_object_put(value);
	b->failed = true;
}

static void append(struct builder *b, struct json_object *to, struct json_object *value)
{
	if (value && to && !json_object_array_add(to, value))
		return;
	json_object_put(value);
	b->failed = true;
}

static void add_text(struct builder *b, struct json_object *to, const char *key,
		     const char *text)
{
	add(b, to, key, json_text(text));
}

static void add_bool(struct builder *b, struct json_object *to, const char *key, bool value)
{
	add(b, to, key, json_object_new_boolean(value));
}

static void add_number(struct builder *b, struct json_object *to, const char *key,
		       uint64_t value)
{
	add(b, to, key, json_object_new_uint64(value));
}

static void add_hex(struct builder *b, struct json_object *to, const char *key,
		    const uint8_t *data, size_t size)
{
	char *text = malloc(2 * size + 1);

	if (text) {
		hex_format(data, size, text);
		add_text(b, to, key, text);
	} else {
		b->failed = true;
	}
	free(text);
}

static struct json_object *finish(struct builder *b, struct json_object *object)
{
	if (!b->failed)
		return object;
	json_object_put(object);
	return NULL;
}

static struct json_object *json_measurement(struct builder *b, const struct measurement *m)
{
	struct json_object *object = json_object_new_object();

	add_number(b, object, "index", m->index);
	add_number(b, object, "type", m->type);
	add_text(b, object, "meaning", measurement_type(m->type));
	add_hex(b, object, "value", m->value.data, m->value.size);
	return object;
}

static size_t add_certificates(struct builder *b, struct json_object *to,
			       const struct evidence *ev)
{
	struct json_object *list = json_object_new_array();
	char subject[CHAIN_NAME];
	uint32_t algorithms;
	struct chain chain;
	struct why why = {};

	if (chain_parse(&ev->certificates, &chain, &why)) {
		json_object_put(list);
		add_text(b, to, "certificates_error", why.text);
		return 0;
	}
	for (unsigned int i = 0; i < chain.nr; i++) {
		chain_subject(chain.cert[i], subject);
		append(b, list, json_text(subject));
	}
	add(b, to, "certificates", list);
	if (chain_device_name(&chain, NULL, subject, &why) >= 0)
		add_text(b, to, "name", subject);
	algorithms = signature_algorithms(chain_key(&chain));
	chain_free(&chain);
	return spdm_signature_size(algorithms & -algorithms);
}

static void add_version(struct builder *b, struct json_object *to, uint8_t version)
{
	char text[8];

	snprintf(text, sizeof(text), "%u.%u", version >> 4, version & 0xf);
	add_text(b, to, "spdm", text);
}

static void add_measurements(struct builder *b, struct json_object *to,
			     const struct evidence *ev, size_t signature_size)
{
	struct json_object *list;
	char algorithm[SIGNATURE_ALGORITHM];
	struct spdm_connection connection;
	struct spdm_measurements meas;
	struct why why = {};
	int rc;

	rc = ev->vca.size ? spdm_parse_vca(&ev->vca, &connection, &why) :
			    spdm_parse_version(&ev->measurements, &connection, &why);
	if (rc) {
		add_text(b, to, "vca_error", why.text);
		return;
	}
	add_version(b, to, connection.version);
	if (connection.known && !signature_name(&connection, algorithm, &why))
		add_text(b, to, "algorithms", algorithm);

	if (spdm_parse_measurements(&ev->measurements, &connection, signature_size, &meas, &why)) {
		add_text(b, to, "measurements_error", why.text);
		return;
	}
	add_number(b, to, "slot", meas.slot);
	add_hex(b, to, "nonce", meas.nonce, SPDM_NONCE_SIZE);
	list = json_object_new_array();
	for (size_t i = 0; i < ARRAY_SIZE(meas.block); i++) {
		const struct spdm_block *block = &meas.block[i];
		struct measurement m = {
			.index = block->index, .type = block->type,
			.value.data = (uint8_t *)block->value, .value.size = block->size,
		};

		if (block->value)
			append(b, list, json_measurement(b, &m));
	}
	add(b, to, "measurements", list);
}

static struct json_object *json_range(struct builder *b, struct report_range range)
{
	struct json_object *object = json_object_new_object();

	add_number(b, object, "range_id", range.id);
	add_number(b, object, "first_page", range.first_page);
	add_number(b, object, "pages", range.pages);
	add_number(b, object, "attributes", range.attr);
	return object;
}

static void add_report(struct builder *b, struct json_object *to, const struct evidence *ev)
{
	struct json_object *object, *ranges;
	struct report report;
	struct why why = {};

	if (!ev->report.size)
		return;
	if (report_parse(&ev->report, &report, &why)) {
		add_text(b, to, "report_error", why.text);
		return;
	}
	object = json_object_new_object();
	add_bool(b, object, "no_fw_update", report.info & REPORT_NO_FW_UPDATE);
	add_bool(b, object, "ats", report.info & REPORT_ATS);
	add_bool(b, object, "prs", report.info & REPORT_PRS);
	add_bool(b, object, "reserved_bits", report.reserved);
	ranges = json_object_new_array();
	for (uint32_t i = 0; i < report.nr_ranges; i++)
		append(b, ranges, json_range(b, report_range(&report, i)));
	add(b, object, "ranges", ranges);
	add(b, to, "report", object);
}

struct json_object *json_evidence(const struct evidence *ev)
{
	struct json_object *object = json_object_new_object();
	struct builder b = {};
	size_t signature_size;

	signature_size = add_certificates(&b, object, ev);
	add_measurements(&b, object, ev, signature_size);
	add_report(&b, object, ev);
	return finish(&b, object);
}

struct json_object *json_verdict(const struct verdict *v)
{
	static const char *const results[] = {
		[RESULT_NOT_DONE] = "not-done",
		[RESULT_NOT_ASKED] = "not-asked",
		[RESULT_GOOD] = "good",
		[RESULT_BAD] = "bad",
	};
	struct json_object *object = json_object_new_object(), *list;
	struct builder b = {};

	add_bool(&b, object, "good", v->good);
	if (v->good && v->digest[0])
		add_text(&b, object, "digest", v->digest);
	if (v->spdm_version)
		add_version(&b, object, v->spdm_version);
	list = json_object_new_array();
	for (int i = 0; i < NR_CHECKS; i++) {
		struct json_object *check = json_object_new_object();

		add_text(&b, check, "check", check_names[i]);
		add_text(&b, check, "result", results[v->result[i]]);
		add_text(&b, check, "text", v->text[i]);
		append(&b, list, check);
	}
	add(&b, object, "checks", list);
	list = json_object_new_array();
	for (size_t i = 0; i < v->nr_measurements; i++)
		append(&b, list, json_measurement(&b, &v->measurements[i]));
	add(&b, object, "measurements", list);
	return finish(&b, object);
}
