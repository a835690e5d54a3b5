// SPDX-License-Identifier: GPL-2.0
/*
 * A policy of what a device is now.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <json.h>

#include "apply.h"
#include "enroll.h"
#include "policy-rule.h"
#include "report.h"
#include "spdm.h"

/* A number that JSON programs agree about: what the parser takes */
#define POLICY_SVN_MOST (UINT64_C(1) << 53)

/* Without memory something is missing, and the policy cannot be loaded */
static void add_text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, json_object_new_string(text));
}

static void add_hex(struct json_object *object, const char *key, int digits, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%0*x", digits, number);
	add_text(object, key, text);
}

static struct json_object *match_of(const struct enrolment *what)
{
	const struct function *fn = what->fn;
	struct json_object *match = json_object_new_object();

	add_hex(match, "vendor", 4, fn->vendor);
	add_hex(match, "device", 4, fn->device);
	add_hex(match, "subsystem_vendor", 4, fn->subsystem_vendor);
	add_hex(match, "subsystem_device", 4, fn->subsystem_device);
	add_hex(match, "class", 6, fn->class);
	if (what->slot)
		add_text(match, "slot", fn->address);
	return match;
}

static bool ignored(const struct enrolment *what, uint8_t index)
{
	return what->ignored[index / 64] >> index % 64 & 1;
}

/*
 * Find the lowest that the device has. What is ignored does not stand in the way because
 * it is too large to be said. Return: false: there is none that could be a minimum.
 */
static bool svn_of(const struct enrolment *what, uint64_t *lowest)
{
	bool found = false;

	for (size_t i = 0; i < what->v->nr_measurements; i++) {
		const struct measurement *m = &what->v->measurements[i];
		uint64_t svn;

		if ((m->type & SPDM_TYPE_MASK) != SPDM_TYPE_SVN)
			continue;
		/* A digest of a number is not compared with one */
		if (!(m->type & SPDM_TYPE_RAW) || m->value.size != 8)
			return false;
		svn = get_le64(m->value.data);
		if (svn > POLICY_SVN_MOST && ignored(what, m->index))
			continue;
		if (!found || svn < *lowest)
			*lowest = svn;
		found = true;
	}
	/* Anything is at least 0, which a policy does not say */
	return found && *lowest;
}

enum status enroll_can_say(const struct enrolment *what)
{
	uint64_t svn;

	if (!svn_of(what, &svn) || svn <= POLICY_SVN_MOST)
		return STATUS_OK;
	complain("%s: not enrolled: its security version number is %llu; "
		 "a policy cannot say more than 2^53; --ignore its measurement, if anything is good",
		 what->fn->address, (unsigned long long)svn);
	return STATUS_REFUSED;
}

static struct json_object *block_of(const struct measurement *measurement)
{
	struct json_object *block = json_object_new_object();
	char *text = malloc(2 * measurement->value.size + 1);

	if (!text)
		return block;
	add_hex(block, "index", 2, measurement->index);
	add_hex(block, "type", 2, measurement->type);
	hex_format(measurement->value.data, measurement->value.size, text);
	add_text(block, "value", text);
	free(text);
	return block;
}

/* What is for information only may change, and the security version may rise */
static bool is_required(const struct enrolment *what, const struct measurement *m)
{
	uint64_t svn;

	switch (m->type & SPDM_TYPE_MASK) {
	case SPDM_TYPE_INFORMATIONAL:
		return false;
	case SPDM_TYPE_SVN:
		if (svn_of(what, &svn))
			return false;
		break;
	}
	return !ignored(what, m->index);
}

static struct json_object *measurements_of(const struct enrolment *what)
{
	struct json_object *measurements = json_object_new_object();
	struct json_object *required = json_object_new_array();
	struct json_object *others = json_object_new_array();
	char text[8];

	for (size_t i = 0; i < what->v->nr_measurements; i++) {
		const struct measurement *m = &what->v->measurements[i];

		if (is_required(what, m))
			json_object_array_add(required, block_of(m));
	}
	for (unsigned int i = 1; i < 255; i++) {
		if (!ignored(what, i))
			continue;
		snprintf(text, sizeof(text), "0x%02x", i);
		json_object_array_add(others, json_object_new_string(text));
	}
	json_object_object_add(measurements, "required", required);
	json_object_object_add(measurements, "ignored", others);
	add_text(measurements, "others", "refuse");
	return measurements;
}

static struct json_object *report_of(const struct enrolment *what)
{
	struct json_object *object = json_object_new_object();
	struct report report;
	struct why why = {};

	/* It is well-formed: it was verified */
	if (report_parse(&what->ev->report, &report, &why))
		return object;
	if (!(report.info & REPORT_NO_FW_UPDATE))
		complain("note: the device may update its firmware in run; the policy allows it");
	if (report.info & REPORT_ATS)
		complain("note: the device may use ATS; the policy allows it");
	if (report.info & REPORT_PRS)
		complain("note: the device may use PRS; the policy allows it");
	add_text(object, "firmware_update",
		 report.info & REPORT_NO_FW_UPDATE ? "refuse" : "allow");
	add_text(object, "ats", report.info & REPORT_ATS ? "allow" : "refuse");
	add_text(object, "prs", report.info & REPORT_PRS ? "allow" : "refuse");
	return object;
}

static struct json_object *rule_of(const struct enrolment *what)
{
	struct json_object *rule = json_object_new_object();
	uint64_t svn;
	char text[64], day[16] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(day, sizeof(day), " on %Y-%m-%d", &tm);
	snprintf(text, sizeof(text), "enrolled from %s%s", what->fn->address, day);
	add_text(rule, "name", what->name);
	add_text(rule, "comment", text);
	json_object_object_add(rule, "match", match_of(what));
	add_text(rule, "roots", what->roots);
	json_object_object_add(rule, "measurements", measurements_of(what));
	if (svn_of(what, &svn))
		json_object_object_add(rule, "minimum_svn", json_object_new_int64(svn));
	json_object_object_add(rule, "report", report_of(what));
	json_object_object_add(rule, "restore", json_object_new_boolean(what->restore));
	if (what->tsm)
		add_text(rule, "tsm", what->tsm);
	return rule;
}

struct json_object *enroll_policy(const struct enrolment *what)
{
	struct json_object *policy = json_object_new_object();
	struct json_object *rules = json_object_new_array();

	json_object_object_add(policy, "version", json_object_new_int(POLICY_VERSION));
	json_object_array_add(rules, rule_of(what));
	json_object_object_add(policy, "rules", rules);
	return policy;
}

/* As apply will judge it, but with the roots where they are now */
static enum status check_rule(const struct enrolment *what, const struct rule *found,
			      const char *roots)
{
	enum status status = STATUS_REFUSED;
	struct rule rule = *found;
	struct verdict v;
	char why[600];

	rule.want.roots = roots;
	if (policy_verify(&rule, what->fn, what->ev, what->ev->nonce.data, &v)) {
		status = STATUS_ERROR;
	} else if (v.good) {
		status = STATUS_OK;
	} else {
		apply_first_bad(&v, why, sizeof(why));
		complain("%s: not enrolled, its own policy would refuse it: %s", what->fn->address,
			 why);
	}
	verdict_free(&v);
	return status;
}

enum status enroll_check(const struct enrolment *what, const char *path,
			 const struct bytes *text, const char *roots)
{
	struct policy *policy = calloc(1, sizeof(*policy));
	enum status status = STATUS_ERROR;
	const struct rule *rule;

	if (!policy) {
		complain("out of memory");
	} else if (text->size > POLICY_FILE_MOST || policy_parse(policy, path, text)) {
		complain("%s: not enrolled: no policy can say what it is", what->fn->address);
	} else {
		rule = policy_match(policy, what->fn);
		status = rule ? check_rule(what, rule, roots) : STATUS_ERROR;
	}
	policy_free(policy);
	return status;
}
