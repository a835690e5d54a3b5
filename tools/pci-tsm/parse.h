/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parsers of evidence share: a cursor over bytes that cannot leave them, and
 * words for why something was refused. Needs no library.
 */

#ifndef PCITSM_PARSE_H
#define PCITSM_PARSE_H

#include "common.h"

/**
 * struct why - what was expected and what was found
 * @text: printable ASCII
 */
struct why {
	char text[400];
};

/* Say why. Return: -EBADMSG. */
int refuse(struct why *why, const char *format, ...) __printf(2, 3);

/* What is left to read */
struct cursor {
	const uint8_t *p;
	size_t left;
};

static inline struct cursor cursor_of(const struct bytes *b)
{
	return (struct cursor) { .p = b->data, .left = b->data ? b->size : 0 };
}

/* The next @size bytes, or NULL if there are not that many */
static inline const uint8_t *take(struct cursor *c, size_t size)
{
	const uint8_t *p = c->p;

	if (size > c->left || !p)
		return NULL;
	c->p += size;
	c->left -= size;
	return p;
}

/* Numbers are little endian */
static inline uint16_t get_le16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static inline uint32_t get_le24(const uint8_t *p)
{
	return p[0] | p[1] << 8 | (uint32_t)p[2] << 16;
}

static inline uint32_t get_le32(const uint8_t *p)
{
	return get_le16(p) | (uint32_t)get_le16(p + 2) << 16;
}

static inline uint64_t get_le64(const uint8_t *p)
{
	return get_le32(p) | (uint64_t)get_le32(p + 4) << 32;
}

static inline bool one_bit(uint32_t value)
{
	return value && !(value & (value - 1));
}

#endif /* PCITSM_PARSE_H */
