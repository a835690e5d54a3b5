// SPDX-License-Identifier: GPL-2.0
/*
 * What json-c lets pass even if it is told to be strict: keys that an object has twice,
 * and keys in single quotes.
 */

#include <errno.h>
#include <string.h>

#include "policy-json.h"

#define DEPTH_MOST 32
/* Of all objects that are open at one place; a policy has a few */
#define KEYS_MOST 256

struct keys {
	struct bytes key[KEYS_MOST];
	size_t nr;
	size_t first[DEPTH_MOST];	/* of each open object or array */
	size_t depth;
};

/* @at: a quotation mark. Return: the one that ends it. */
static size_t end_of_string(const struct bytes *text, size_t at)
{
	for (at++; at < text->size && text->data[at] != '"'; at++)
		at += text->data[at] == '\\';
	return at;
}

/* Is the next thing behind @at a colon? */
static bool colon_follows(const struct bytes *text, size_t at)
{
	at++;
	while (at < text->size && strchr(" \t\r\n", text->data[at]))
		at++;
	return at < text->size && text->data[at] == ':';
}

static int add(const struct where *file, struct keys *keys, const struct bytes *key)
{
	struct where here = { .up = file, .name = "a key" };

	/* Two ways to write it would be two keys here */
	if (memchr(key->data, '\\', key->size))
		return policy_wrong(&here, "has an escape: \"%.*s\"", (int)key->size, key->data);
	for (size_t i = keys->first[keys->depth - 1]; i < keys->nr; i++)
		if (keys->key[i].size == key->size &&
		    !memcmp(keys->key[i].data, key->data, key->size))
			return policy_wrong(&here, "is there twice in one object: \"%.*s\"",
					    (int)key->size, key->data);
	if (keys->nr == KEYS_MOST)
		return policy_wrong(file, "too many keys");
	keys->key[keys->nr++] = *key;
	return 0;
}

int policy_unique_keys(const struct where *file, const struct bytes *text)
{
	struct keys keys = {};
	int rc = 0;

	for (size_t at = 0; at < text->size && !rc; at++) {
		struct bytes string;
		size_t end;

		switch (text->data[at]) {
		case '{':
		case '[':
			if (keys.depth == DEPTH_MOST)
				return policy_wrong(file, "too deep");
			keys.first[keys.depth++] = keys.nr;
			break;
		case '}':
		case ']':
			if (!keys.depth)
				return policy_wrong(file, "no JSON");
			keys.nr = keys.first[--keys.depth];
			break;
		case '\'':
			rc = policy_wrong(file, "no JSON: a single quote");
			break;
		case '"':
			end = end_of_string(text, at);
			if (end >= text->size)
				return policy_wrong(file, "no JSON");
			string = (struct bytes) {
				.data = text->data + at + 1,
				.size = end - at - 1,
			};
			if (keys.depth && colon_follows(text, end))
				rc = add(file, &keys, &string);
			at = end;
			break;
		}
	}
	return rc;
}
