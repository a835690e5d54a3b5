// SPDX-License-Identifier: GPL-2.0
/*
 * The rules of a policy file. What is not said is not allowed.
 */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json.h>

#include "address.h"
#include "policy-json.h"
#include "policy-rule.h"

#define INDICES_MOST 254
#define VALUE_MOST 0xffff

/* What the functions that take a value share */
struct reader {
	struct policy *policy;
	const char *path;
	struct policy_rule *rule;
	struct measurement *block;
};

static int copy(char **to, const char *text)
{
	if (!text)
		return -EINVAL;
	free(*to);
	*to = strdup(text);
	return *to ? 0 : -ENOMEM;
}

/* "0x010802", or the beginning of it, "0x0108" or "0x01" */
static int take_class(const struct where *where, struct json_object *value, void *to)
{
	struct match *match = &((struct reader *)to)->rule->match;
	const char *text = policy_string(where, value, 8);
	int digits, rc;

	if (!text)
		return -EINVAL;
	digits = strlen(text) - 2;
	if (digits != 2 && digits != 4 && digits != 6)
		return policy_wrong(where, "must be \"0x\" and 2, 4 or 6 hexadecimal digits");
	rc = policy_hex(where, value, digits, &match->class);
	if (rc)
		return rc;
	match->class <<= 4 * (6 - digits);
	match->class_mask = 0xffffffu << 4 * (6 - digits) & 0xffffff;
	match->keys |= MATCH_CLASS;
	return 0;
}

static int take_slot(const struct where *where, struct json_object *value, void *to)
{
	struct match *match = &((struct reader *)to)->rule->match;
	const char *text = policy_string(where, value, FUNCTION_ADDRESS - 1);

	if (!text)
		return -EINVAL;
	/* There is one way to write it */
	if (address_parse(text, match->slot) || strcmp(match->slot, text))
		return policy_wrong(where, "must be an address, as in \"0000:00:01.0\"");
	match->keys |= MATCH_SLOT;
	return 0;
}

/* One of the numbers that identify a function */
static int take_id(const struct where *where, struct json_object *value, void *to)
{
	struct match *match = &((struct reader *)to)->rule->match;
	const struct {
		const char *name;
		enum match_key key;
		int digits;
		uint32_t *number;
	} ids[] = {
		{ "vendor", MATCH_VENDOR, 4, &match->vendor },
		{ "device", MATCH_DEVICE, 4, &match->device },
		{ "subsystem_vendor", MATCH_SUBSYSTEM_VENDOR, 4, &match->subsystem_vendor },
		{ "subsystem_device", MATCH_SUBSYSTEM_DEVICE, 4, &match->subsystem_device },
		{ "revision", MATCH_REVISION, 2, &match->revision },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		if (strcmp(ids[i].name, where->name))
			continue;
		match->keys |= ids[i].key;
		return policy_hex(where, value, ids[i].digits, ids[i].number);
	}
	return -EINVAL;
}

static int take_match(const struct where *where, struct json_object *value, void *to)
{
	static const struct policy_key keys[] = {
		{ "vendor", false, take_id },
		{ "device", false, take_id },
		{ "subsystem_vendor", false, take_id },
		{ "subsystem_device", false, take_id },
		{ "revision", false, take_id },
		{ "class", false, take_class },
		{ "slot", false, take_slot },
	};
	struct reader *reader = to;
	int rc;

	rc = policy_object(where, value, keys, ARRAY_SIZE(keys), to);
	if (!rc && !reader->rule->match.keys)
		rc = policy_wrong(where, "must not be empty: it would match every function");
	return rc;
}

/* SPDM reserves 0, for how many there are, and 0xff, for all of them */
static int index_of(const struct where *where, struct json_object *value, uint8_t *index)
{
	uint32_t number;
	int rc;

	rc = policy_hex(where, value, 2, &number);
	if (rc)
		return rc;
	if (!number || number == 0xff)
		return policy_wrong(where, "there is no measurement 0x%02x", number);
	*index = number;
	return 0;
}

static int take_index(const struct where *where, struct json_object *value, void *to)
{
	struct reader *reader = to;
	uint8_t index = 0;
	int rc;

	rc = index_of(where, value, &index);
	if (rc)
		return rc;
	/* The one that is being read still has 0 */
	for (size_t i = 0; i < reader->rule->nr_required; i++)
		if (reader->rule->required[i].index == index)
			return policy_wrong(where, "measurement 0x%02x is required twice", index);
	reader->block->index = index;
	return 0;
}

static int take_type(const struct where *where, struct json_object *value, void *to)
{
	struct reader *reader = to;
	uint32_t number;
	int rc;

	rc = policy_hex(where, value, 2, &number);
	if (!rc)
		reader->block->type = number;
	return rc;
}

static int take_value(const struct where *where, struct json_object *value, void *to)
{
	struct bytes *bytes = &((struct reader *)to)->block->value;
	const char *text = "";

	/* A device may measure nothing at all */
	if (!json_object_is_type(value, json_type_string) || json_object_get_string_len(value))
		text = policy_string(where, value, 2 * VALUE_MOST);
	if (!text)
		return -EINVAL;
	bytes->size = strlen(text) / 2;
	bytes->data = malloc(bytes->size + 1);
	if (!bytes->data)
		return -ENOMEM;
	if (hex_parse(text, bytes->data, bytes->size))
		return policy_wrong(where, "must be an even number of hexadecimal digits");
	return 0;
}

static int take_required(const struct where *where, struct json_object *value, void *to)
{
	static const struct policy_key keys[] = {
		{ "index", true, take_index },
		{ "type", true, take_type },
		{ "value", true, take_value },
	};
	struct reader *reader = to;
	struct policy_rule *rule = reader->rule;

	reader->block = &rule->required[rule->nr_required++];
	return policy_object(where, value, keys, ARRAY_SIZE(keys), to);
}

static int take_required_list(const struct where *where, struct json_object *value, void *to)
{
	struct policy_rule *rule = ((struct reader *)to)->rule;

	rule->required = calloc(INDICES_MOST, sizeof(*rule->required));
	if (!rule->required)
		return -ENOMEM;
	return policy_array(where, value, INDICES_MOST, take_required, to);
}

static int take_ignored(const struct where *where, struct json_object *value, void *to)
{
	struct policy_rule *rule = ((struct reader *)to)->rule;
	uint8_t index = 0;
	int rc;

	rc = index_of(where, value, &index);
	if (!rc)
		rule->rule.want.ignored[index / 64] |= UINT64_C(1) << index % 64;
	return rc;
}

static int take_ignored_list(const struct where *where, struct json_object *value, void *to)
{
	return policy_array(where, value, INDICES_MOST, take_ignored, to);
}

static int take_others(const struct where *where, struct json_object *value, void *to)
{
	return policy_choice(where, value, "refuse", "allow",
			     &((struct reader *)to)->rule->rule.want.others_allowed);
}

static int take_measurements(const struct where *where, struct json_object *value, void *to)
{
	static const struct policy_key keys[] = {
		{ "required", true, take_required_list },
		{ "ignored", false, take_ignored_list },
		{ "others", false, take_others },
	};
	struct policy_rule *rule = ((struct reader *)to)->rule;
	int rc;

	rc = policy_object(where, value, keys, ARRAY_SIZE(keys), to);
	for (size_t i = 0; i < rule->nr_required && !rc; i++) {
		uint8_t index = rule->required[i].index;

		if (rule->rule.want.ignored[index / 64] >> index % 64 & 1)
			rc = policy_wrong(where, "measurement 0x%02x is required and ignored",
					  index);
	}
	return rc;
}

/* A number that JSON programs agree about */
static int take_minimum_svn(const struct where *where, struct json_object *value, void *to)
{
	int64_t svn;

	if (!json_object_is_type(value, json_type_int))
		return policy_wrong(where, "must be a whole number");
	svn = json_object_get_int64(value);
	if (svn < 1 || svn > INT64_C(1) << 53)
		return policy_wrong(where, "must be from 1 to 2^53");
	((struct reader *)to)->rule->rule.want.minimum_svn = svn;
	return 0;
}

static int take_device_mode(const struct where *where, struct json_object *value, void *to)
{
	return policy_choice(where, value, "normal", "any",
			     &((struct reader *)to)->rule->rule.want.allow_debug);
}

static int take_firmware_update(const struct where *where, struct json_object *value, void *to)
{
	return policy_choice(where, value, "refuse", "allow",
			     &((struct reader *)to)->rule->rule.want.allow_fw_update);
}

static int take_ats(const struct where *where, struct json_object *value, void *to)
{
	return policy_choice(where, value, "refuse", "allow",
			     &((struct reader *)to)->rule->rule.want.allow_ats);
}

static int take_prs(const struct where *where, struct json_object *value, void *to)
{
	return policy_choice(where, value, "refuse", "allow",
			     &((struct reader *)to)->rule->rule.want.allow_prs);
}

static int take_report(const struct where *where, struct json_object *value, void *to)
{
	static const struct policy_key keys[] = {
		{ "firmware_update", false, take_firmware_update },
		{ "ats", false, take_ats },
		{ "prs", false, take_prs },
	};

	return policy_object(where, value, keys, ARRAY_SIZE(keys), to);
}

/* Relative to where the policy file is */
static int take_roots(const struct where *where, struct json_object *value, void *to)
{
	struct reader *reader = to;
	const char *text = policy_string(where, value, PATH_MAX - 1);
	const char *slash = strrchr(reader->path, '/');
	char path[2 * PATH_MAX];
	int length = 0;

	if (!text)
		return -EINVAL;
	if (*text != '/' && slash)
		length = slash - reader->path + 1;
	if (snprintf(path, sizeof(path), "%.*s%s", length, reader->path, text) >=
	    (int)sizeof(path))
		return policy_wrong(where, "too long");
	return copy(&reader->rule->roots, path);
}

static int take_certificate_name(const struct where *where, struct json_object *value, void *to)
{
	return policy_choice(where, value, "function", "any",
			     &((struct reader *)to)->rule->rule.any_name);
}

static int take_tsm(const struct where *where, struct json_object *value, void *to)
{
	const char *text = policy_string(where, value, 15);

	if (!text)
		return -EINVAL;
	if (!address_is_tsm(text))
		return policy_wrong(where, "must be the name of a TSM, as in \"tsm0\"");
	return copy(&((struct reader *)to)->rule->tsm, text);
}

static int take_restore(const struct where *where, struct json_object *value, void *to)
{
	return policy_bool(where, value, &((struct reader *)to)->rule->rule.restore);
}

static int take_name(const struct where *where, struct json_object *value, void *to)
{
	return copy(&((struct reader *)to)->rule->name,
		    policy_string(where, value, POLICY_NAME_MOST));
}

/* For people; JSON has no other place for it */
static int take_comment(const struct where *where, struct json_object *value, void *to)
{
	(void)to;
	return policy_string(where, value, 1000) ? 0 : -EINVAL;
}

static int take_rule(const struct where *where, struct json_object *value, void *to)
{
	static const struct policy_key keys[] = {
		{ "name", true, take_name },
		{ "comment", false, take_comment },
		{ "match", true, take_match },
		{ "roots", true, take_roots },
		{ "certificate_name", false, take_certificate_name },
		{ "measurements", true, take_measurements },
		{ "minimum_svn", false, take_minimum_svn },
		{ "device_mode", false, take_device_mode },
		{ "report", false, take_report },
		{ "restore", false, take_restore },
		{ "tsm", false, take_tsm },
	};
	struct reader *reader = to;
	struct policy_rule *rule = policy_add_rule(reader->policy);
	int rc;

	if (!rule)
		return policy_wrong(where, "more than %d rules, or no memory", POLICY_RULES_MOST);
	reader->rule = rule;
	rc = copy(&rule->file, reader->path);
	if (!rc)
		rc = policy_object(where, value, keys, ARRAY_SIZE(keys), to);
	if (rc)
		return rc;
	rule->rule.name = rule->name;
	rule->rule.file = rule->file;
	rule->rule.tsm = rule->tsm;
	rule->rule.want.roots = rule->roots;
	rule->rule.want.required = rule->required;
	rule->rule.want.nr_required = rule->nr_required;
	return 0;
}

static int take_rules(const struct where *where, struct json_object *value, void *to)
{
	return policy_array(where, value, POLICY_RULES_MOST, take_rule, to);
}

static int take_version(const struct where *where, struct json_object *value, void *to)
{
	(void)to;
	if (!json_object_is_type(value, json_type_int) ||
	    json_object_get_int64(value) != POLICY_VERSION)
		return policy_wrong(where, "must be %d: this pcitsm knows no other",
				    POLICY_VERSION);
	return 0;
}

int policy_parse(struct policy *policy, const char *path, const struct bytes *text)
{
	static const struct policy_key keys[] = {
		{ "version", true, take_version },
		{ "comment", false, take_comment },
		{ "rules", true, take_rules },
	};
	struct where file = { .name = path };
	struct reader reader = { .policy = policy, .path = path };
	struct json_object *object;
	int rc;

	object = policy_parse_json(&file, text);
	if (!object)
		return -EINVAL;
	rc = policy_object(&file, object, keys, ARRAY_SIZE(keys), &reader);
	if (rc == -ENOMEM)
		complain("out of memory");
	json_object_put(object);
	return rc;
}
