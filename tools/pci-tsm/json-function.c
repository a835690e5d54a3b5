// SPDX-License-Identifier: GPL-2.0
/*
 * A function as JSON, as in pcitsm(1).
 */

#include <json.h>
#include <stdio.h>

#include "cmd.h"
#include "names.h"

/* Takes @value, also if it cannot be added */
static bool add(struct json_object *object, const char *key, struct json_object *value)
{
	if (value && !json_object_object_add(object, key, value))
		return true;
	json_object_put(value);
	return false;
}

static bool add_text(struct json_object *object, const char *key, const char *text)
{
	return add(object, key, json_text(text));
}

/* What there may be none of is null: no driver, no TSM, no evidence */
static bool add_optional(struct json_object *object, const char *key, const char *text)
{
	if (!text[0])
		return !json_object_object_add(object, key, NULL);
	return add_text(object, key, text);
}

static bool add_hex(struct json_object *object, const char *key, int digits, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%0*x", digits, number);
	return add_text(object, key, text);
}

static bool add_flag(struct json_object *object, const char *key, bool flag)
{
	return add(object, key, json_object_new_boolean(flag));
}

static bool add_number(struct json_object *object, const char *key, unsigned long number)
{
	return add(object, key, json_object_new_uint64(number));
}

static bool add_identity(struct json_object *object, const struct function *fn)
{
	char kind[NAMES_ROOM], name[NAMES_ROOM], cma[FUNCTION_CMA_NAME];

	names_class(fn, kind);
	names_device(fn, name);
	function_cma_name(fn, cma);
	return add_text(object, "address", fn->address) &&
	       add_hex(object, "vendor", 4, fn->vendor) &&
	       add_hex(object, "device", 4, fn->device) &&
	       add_hex(object, "subsystem_vendor", 4, fn->subsystem_vendor) &&
	       add_hex(object, "subsystem_device", 4, fn->subsystem_device) &&
	       add_hex(object, "class", 6, fn->class) &&
	       add_hex(object, "revision", 2, fn->revision) &&
	       add_text(object, "class_name", kind) && add_text(object, "device_name", name) &&
	       add_text(object, "cma_name", cma);
}

static bool add_condition(struct json_object *object, const struct function *fn)
{
	return add_text(object, "state", fn->state) && add_flag(object, "held", fn->held) &&
	       add_optional(object, "driver", fn->driver) &&
	       add_optional(object, "tsm", fn->tsm) &&
	       add_flag(object, "lockable", fn->lockable) &&
	       add_flag(object, "restore", fn->restore) &&
	       add_number(object, "restore_count", fn->restore_count) &&
	       add_optional(object, "restore_status", fn->restore_status) &&
	       add_number(object, "evidence_generation", fn->generation) &&
	       add_optional(object, "evidence_digest", fn->digest);
}

struct json_object *json_function(const struct function *fn)
{
	struct json_object *object = json_object_new_object();

	if (!object)
		return NULL;
	if (add_identity(object, fn) && add_condition(object, fn))
		return object;
	json_object_put(object);
	return NULL;
}
