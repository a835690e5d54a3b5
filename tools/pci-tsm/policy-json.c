// SPDX-License-Identifier: GPL-2.0
/*
 * JSON of policy files: values with their types, and messages that say where.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json.h>

#include "policy-json.h"

/* A policy needs six levels */
#define DEPTH 16

/* "10-a.json: rules[0].match.vendor", as far as there is room */
static size_t print_where(const struct where *where, char *text, size_t size)
{
	size_t used = 0;
	int n;

	if (where->up)
		used = print_where(where->up, text, size);
	if (!where->name)
		n = snprintf(text + used, size - used, "[%zu]", where->index);
	else if (!where->up)
		n = snprintf(text + used, size - used, "%s", where->name);
	else
		n = snprintf(text + used, size - used, "%s%s", where->up->up ? "." : ": ",
			     where->name);
	if (n < 0 || (size_t)n >= size - used)
		return size - 1;
	return used + n;
}

int policy_wrong(const struct where *where, const char *format, ...)
{
	char place[256], text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	print_where(where, place, sizeof(place));
	/* Both may have what the file has */
	for (char *p = place; *p; p++)
		*p = *p < ' ' || *p > '~' ? '?' : *p;
	for (char *p = text; *p; p++)
		*p = *p < ' ' || *p > '~' ? '?' : *p;
	complain("%s: %s", place, text);
	return -EINVAL;
}

/* Line, from 1 on, of a byte */
static size_t line_of(const struct bytes *text, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at && i < text->size; i++)
		line += text->data[i] == '\n';
	return line;
}

struct json_object *policy_parse_json(const struct where *file, const struct bytes *text)
{
	struct json_tokener *tokener;
	struct json_object *object;
	enum json_tokener_error error;
	size_t end;

	if (memchr(text->data, 0, text->size)) {
		policy_wrong(file, "a zero byte in a text");
		return NULL;
	}
	tokener = json_tokener_new_ex(DEPTH);
	if (!tokener) {
		complain("out of memory");
		return NULL;
	}
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	/* With the zero byte behind the end: a number there ends, too */
	object = json_tokener_parse_ex(tokener, (char *)text->data, text->size + 1);
	error = json_tokener_get_error(tokener);
	end = json_tokener_get_parse_end(tokener);
	json_tokener_free(tokener);

	if (error == json_tokener_success && object) {
		while (end < text->size && strchr(" \t\r\n", text->data[end]))
			end++;
		if (end >= text->size && !policy_unique_keys(file, text))
			return object;
		if (end < text->size)
			policy_wrong(file, "line %zu: something follows the end",
				     line_of(text, end));
	} else if (error == json_tokener_continue) {
		policy_wrong(file, "it ends too early");
	} else if (error == json_tokener_success) {
		/* null, for which json-c has no object */
		policy_wrong(file, "must be an object, {...}");
	} else {
		policy_wrong(file, "line %zu: no JSON: %s", line_of(text, end),
			     json_tokener_error_desc(error));
	}
	json_object_put(object);
	return NULL;
}

/* Value by value, so that the first wrong one in the file is complained about */
int policy_object(const struct where *where, struct json_object *object,
		  const struct policy_key *keys, size_t nr, void *to)
{
	struct json_object_iterator it, end;
	int rc;

	if (!json_object_is_type(object, json_type_object))
		return policy_wrong(where, "must be an object, {...}");

	it = json_object_iter_begin(object);
	end = json_object_iter_end(object);
	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		const char *name = json_object_iter_peek_name(&it);
		struct where here = { .up = where, .name = name };
		size_t i = 0;

		while (i < nr && strcmp(keys[i].name, name))
			i++;
		if (i == nr)
			return policy_wrong(&here, "there is no such key, see pcitsm-policy(5)");
		rc = keys[i].take(&here, json_object_iter_peek_value(&it), to);
		if (rc)
			return rc;
	}
	for (size_t i = 0; i < nr; i++)
		if (keys[i].needed && !json_object_object_get_ex(object, keys[i].name, NULL))
			return policy_wrong(where, "\"%s\" is missing", keys[i].name);
	return 0;
}

int policy_array(const struct where *where, struct json_object *array, size_t most,
		 int (*take)(const struct where *where, struct json_object *value, void *to),
		 void *to)
{
	struct where here = { .up = where };
	size_t nr;
	int rc = 0;

	if (!json_object_is_type(array, json_type_array))
		return policy_wrong(where, "must be an array, [...]");
	nr = json_object_array_length(array);
	if (nr > most)
		return policy_wrong(where, "has %zu elements, more than %zu", nr, most);
	for (; here.index < nr && !rc; here.index++)
		rc = take(&here, json_object_array_get_idx(array, here.index), to);
	return rc;
}

const char *policy_string(const struct where *where, struct json_object *value, size_t most)
{
	const char *text;
	size_t size;

	if (!json_object_is_type(value, json_type_string)) {
		policy_wrong(where, "must be a string, \"...\"");
		return NULL;
	}
	text = json_object_get_string(value);
	size = json_object_get_string_len(value);
	if (!size || size > most) {
		policy_wrong(where, "must have 1 to %zu characters, not %zu", most, size);
		return NULL;
	}
	for (size_t i = 0; i < size; i++) {
		if (text[i] < ' ' || text[i] > '~') {
			policy_wrong(where, "must have printable ASCII characters only");
			return NULL;
		}
	}
	return text;
}

int policy_hex(const struct where *where, struct json_object *value, int digits,
	       uint32_t *number)
{
	const char *text = policy_string(where, value, 32);
	uint8_t data[4];

	if (!text)
		return -EINVAL;
	if (strncmp(text, "0x", 2) || hex_parse(text + 2, data, digits / 2))
		return policy_wrong(where, "must be \"0x\" and %d hexadecimal digits, not \"%s\"",
				    digits, text);
	*number = 0;
	for (int i = 0; i < digits / 2; i++)
		*number = *number << 8 | data[i];
	return 0;
}

int policy_bool(const struct where *where, struct json_object *value, bool *yes)
{
	if (!json_object_is_type(value, json_type_boolean))
		return policy_wrong(where, "must be true or false");
	*yes = json_object_get_boolean(value);
	return 0;
}

int policy_choice(const struct where *where, struct json_object *value, const char *no,
		  const char *yes, bool *is_yes)
{
	const char *text = policy_string(where, value, 32);

	if (!text)
		return -EINVAL;
	*is_yes = !strcmp(text, yes);
	if (!*is_yes && strcmp(text, no))
		return policy_wrong(where, "must be \"%s\" or \"%s\", not \"%s\"", no, yes, text);
	return 0;
}
