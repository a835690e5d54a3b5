/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzz targets share.
 */

#ifndef PCITSM_FUZZ_H
#define PCITSM_FUZZ_H

#include <stdlib.h>
#include <string.h>

#include "parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Something that must not be */
#define MUST(condition) do { if (!(condition)) abort(); } while (0)

/* A copy that ends where it ends, for a sanitizer to see what reads further */
static inline struct bytes fuzz_copy(const uint8_t *data, size_t size)
{
	struct bytes b = {};

	if (!size)
		return b;
	b.data = malloc(size);
	MUST(b.data);
	memcpy(b.data, data, size);
	b.size = size;
	return b;
}

/* The next part of the input: two bytes that say how many, and those */
static inline struct bytes fuzz_take(const uint8_t **data, size_t *left)
{
	struct bytes b = {};
	size_t size;

	if (*left < 2)
		return b;
	size = get_le16(*data);
	*data += 2;
	*left -= 2;
	if (size > *left)
		size = *left;
	b = fuzz_copy(*data, size);
	*data += size;
	*left -= size;
	return b;
}

/* A refusal has a reason, and it can be printed */
static inline void fuzz_check_why(const struct why *why)
{
	MUST(*why->text);
	for (const char *c = why->text; *c; c++)
		MUST(*c >= ' ' && *c <= '~');
}

#endif /* PCITSM_FUZZ_H */
