// SPDX-License-Identifier: GPL-2.0
/*
 * JSON: text that may have any bytes, functions, output.
 */

#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

/* JSON is UTF-8, and nobody checked that what a device or file delivered is */
struct json_object *json_text(const char *text)
{
	struct json_object *object;
	size_t size = strlen(text);
	char *safe, *p;

	safe = malloc(4 * size + 1);
	if (!safe)
		return NULL;
	p = safe;
	for (size_t i = 0; i < size; i++) {
		if (text[i] >= ' ' && text[i] <= '~')
			*p++ = text[i];
		else
			p += sprintf(p, "\\x%02x", (unsigned char)text[i]);
	}
	*p = 0;
	object = json_object_new_string(safe);
	free(safe);
	return object;
}

static enum status print(struct json_object *object, int flags)
{
	const char *text;

	if (!object) {
		complain("out of memory");
		return STATUS_ERROR;
	}
	text = json_object_to_json_string_ext(object, flags | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text)
		puts(text);
	json_object_put(object);
	return text ? STATUS_OK : STATUS_ERROR;
}

enum status json_print(struct json_object *object)
{
	return print(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
}

/* Who reads a stream of them wants each when it happens */
enum status json_print_line(struct json_object *object)
{
	enum status status = print(object, JSON_C_TO_STRING_PLAIN);

	return fflush(stdout) ? STATUS_ERROR : status;
}
