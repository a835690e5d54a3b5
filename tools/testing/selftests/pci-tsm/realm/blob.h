/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor: bytes with a length
 */
#ifndef BLOB_H
#define BLOB_H

#include "monitor.h"

/* What SPDM can number: a certificate chain has a length of 16 bits */
#define BLOB_MAX		65536

/**
 * struct blob - some bytes
 * @len: how many
 * @data: the bytes
 */
struct blob {
	u32 len;
	u8 data[BLOB_MAX];
};

/**
 * blob_append - add bytes at the end
 * @blob: where to
 * @data: the bytes
 * @len: how many
 *
 * Context: monitor lock held.
 * Return: false if there is no room; then nothing was added
 */
static inline bool blob_append(struct blob *blob, const void *data, u32 len)
{
	if (len > BLOB_MAX - blob->len)
		return false;
	memcpy(blob->data + blob->len, data, len);
	blob->len += len;
	return true;
}

#endif /* BLOB_H */
