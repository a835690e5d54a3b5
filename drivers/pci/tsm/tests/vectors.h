/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test vectors of the parsers: good ones in full, and named variations of them.
 * Used by KUnit, and in userspace to seed and to measure the fuzzing.
 */
#ifndef __PCI_TSM_VECTORS_H
#define __PCI_TSM_VECTORS_H

#include <linux/string.h>
#include <linux/types.h>

#define VECTOR_SETS	4

/**
 * struct vector - what a parser accepts
 * @name: what it is
 * @data: the bytes
 * @len: number of bytes
 */
struct vector {
	const char *name;
	const u8 *data;
	size_t len;
};

/**
 * struct vector_case - a variation of a vector
 * @name: what is special about it
 * @from: the vector
 * @good: it is accepted still
 * @reserved: it is to be reported that reserved bits are set
 * @with: what else the parser needs
 * @drop_at: where bytes are removed, first of all
 * @drop: number of bytes removed
 * @add_at: where bytes are inserted, next
 * @add: number of bytes inserted
 * @fill: value of bytes inserted or appended
 * @trim: number of bytes removed from the end, next
 * @pad: number of bytes appended, next
 * @set: values written, last of all
 * @set.at: offset
 * @set.width: number of bytes, 0 for the end of the list
 * @set.value: in little endian
 */
struct vector_case {
	const char *name;
	const struct vector *from;
	bool good;
	bool reserved;
	const void *with;
	u32 drop_at;
	u32 drop;
	u32 add_at;
	u32 add;
	u8 fill;
	u32 trim;
	u32 pad;
	struct {
		u32 at;
		u8 width;
		u64 value;
	} set[VECTOR_SETS];
};

/* A vector on its own is a case, too */
#define VECTOR_SELF(vector) { .name = "as it is", .from = &(vector), .good = true }

/* The most room that vector_make() needs */
static inline size_t vector_room(const struct vector_case *c)
{
	return c->from->len + c->add + c->pad;
}

/* Write a case to @buf, return its size */
static inline size_t vector_make(const struct vector_case *c, u8 *buf)
{
	size_t len = c->from->len;

	if (len)
		memcpy(buf, c->from->data, len);

	len -= c->drop;
	memmove(buf + c->drop_at, buf + c->drop_at + c->drop, len - c->drop_at);

	memmove(buf + c->add_at + c->add, buf + c->add_at, len - c->add_at);
	memset(buf + c->add_at, c->fill, c->add);
	len += c->add;

	len -= c->trim;
	memset(buf + len, c->fill, c->pad);
	len += c->pad;

	for (int i = 0; i < VECTOR_SETS; i++)
		for (int byte = 0; byte < c->set[i].width; byte++)
			buf[c->set[i].at + byte] = c->set[i].value >> 8 * byte;

	return len;
}

#define LE16(v)	(v) & 0xff, (v) >> 8 & 0xff
#define LE24(v)	LE16(v), (v) >> 16 & 0xff
#define LE32(v)	LE16(v), LE16((v) >> 16)
#define LE64(v)	LE32(v), 0, 0, 0, 0

#define BYTES4(v)	v, v, v, v
#define BYTES8(v)	BYTES4(v), BYTES4(v)
#define BYTES16(v)	BYTES8(v), BYTES8(v)
#define BYTES32(v)	BYTES16(v), BYTES16(v)
#define BYTES48(v)	BYTES32(v), BYTES16(v)
#define BYTES64(v)	BYTES32(v), BYTES32(v)
#define BYTES96(v)	BYTES64(v), BYTES32(v)
#define BYTES384(v)	BYTES96(v), BYTES96(v), BYTES96(v), BYTES96(v)

#define VECTOR(array) { .name = #array, .data = array, .len = sizeof(array) }

#endif /* __PCI_TSM_VECTORS_H */
