// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: memory functions, time and random numbers
 */
#include "monitor.h"

/**
 * memcpy - copy memory, as in C
 * @dst: destination
 * @src: source, not overlapping @dst
 * @len: bytes
 *
 * Context: any.
 * Return: @dst
 */
void *memcpy(void *dst, const void *src, size_t len)
{
	u8 *d = dst;
	const u8 *s = src;

	for (; len; len--)
		*d++ = *s++;
	return dst;
}

/**
 * memset - fill memory, as in C
 * @dst: destination
 * @c: byte value
 * @len: bytes
 *
 * Context: any.
 * Return: @dst
 */
void *memset(void *dst, int c, size_t len)
{
	u8 *d = dst;

	for (; len; len--)
		*d++ = c;
	return dst;
}

/**
 * now_us - time since some start
 *
 * Context: any.
 * Return: microseconds
 */
u64 now_us(void)
{
	u64 count = read_sysreg(cntpct_el0), freq = read_sysreg(cntfrq_el0);

	return count / freq * 1000000 + count % freq * 1000000 / freq;
}

/**
 * wait_us - do nothing for a while
 * @us: microseconds
 *
 * Context: any.
 */
void wait_us(u64 us)
{
	u64 end = now_us() + us;

	while (now_us() < end)
		asm volatile("yield");
}

/**
 * random_u64 - an unpredictable-enough number for nonces and handles
 *
 * SplitMix64, stirred with the counter on every call. Good enough for values
 * that a test compares for equality; no secret depends on it.
 *
 * Context: monitor lock held.
 * Return: 64 bits
 */
u64 random_u64(void)
{
	static u64 state;
	u64 z;

	state += 0x9e3779b97f4a7c15ULL + read_sysreg(cntpct_el0);
	z = state;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}
