/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers in messages, and what the kernel has for its own code
 */
#ifndef UTIL_H
#define UTIL_H

#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* SPDM and DOE have them little endian and unaligned */
static inline uint32_t le_get(const uint8_t *from, size_t bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | from[bytes];
	return value;
}

static inline void le_put(uint8_t *to, size_t bytes, uint32_t value)
{
	for (; bytes--; value >>= 8)
		*to++ = value;
}

#endif
