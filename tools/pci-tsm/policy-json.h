/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON in which nothing is left to chance: the keys of an object are those of a table,
 * each once, each with a value of the right type.
 */

#ifndef PCITSM_POLICY_JSON_H
#define PCITSM_POLICY_JSON_H

#include "common.h"

struct json_object;

/**
 * struct where - a place in a file, for messages
 * @up: what it is in; NULL: this is the file
 * @name: of the file or of the key; NULL: an element of an array
 * @index: of the element
 */
struct where {
	const struct where *up;
	const char *name;
	size_t index;
};

/* Complain about what is there. Return: -EINVAL. */
int policy_wrong(const struct where *where, const char *format, ...) __printf(2, 3);

/* Parse JSON text; complains. Return: NULL if it is not right. */
struct json_object *policy_parse_json(const struct where *file, const struct bytes *text);

/**
 * policy_unique_keys() - no object has a key twice, or one that is written with escapes
 * or in single quotes
 * @file: for messages
 * @text: JSON that was parsed without an error
 *
 * json-c takes the last of several, a person may read the first.
 * Return: 0 or -EINVAL, after complaining.
 */
int policy_unique_keys(const struct where *file, const struct bytes *text);

/**
 * struct policy_key - what an object may have
 * @name: the key
 * @needed: it must be there
 * @take: called with the value; complains; 0 or a negative error number
 */
struct policy_key {
	const char *name;
	bool needed;
	int (*take)(const struct where *where, struct json_object *value, void *to);
};

/* Hand the values of an object to their functions, with @to. Return: 0 or an error. */
int policy_object(const struct where *where, struct json_object *object,
		  const struct policy_key *keys, size_t nr, void *to);

/* The same for the elements of an array, at most @most */
int policy_array(const struct where *where, struct json_object *array, size_t most,
		 int (*take)(const struct where *where, struct json_object *value, void *to),
		 void *to);

/* The text of a string of printable ASCII, at most @most characters; NULL: it is none */
const char *policy_string(const struct where *where, struct json_object *value, size_t most);

/* "0x" and @digits hexadecimal digits */
int policy_hex(const struct where *where, struct json_object *value, int digits,
	       uint32_t *number);

/* true or false */
int policy_bool(const struct where *where, struct json_object *value, bool *yes);

/* One of two words: @no or @yes */
int policy_choice(const struct where *where, struct json_object *value, const char *no,
		  const char *yes, bool *is_yes);

#endif /* PCITSM_POLICY_JSON_H */
