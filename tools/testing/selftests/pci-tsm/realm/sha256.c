// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: SHA-256 (FIPS 180-4) of one buffer
 */
#include "monitor.h"

#define BLOCK_SIZE	64

static const u32 k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static u32 ror(u32 x, unsigned int n)
{
	return x >> n | x << (32 - n);
}

static u32 load_be32(const u8 *p)
{
	return (u32)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static void store_be32(u8 *p, u32 v)
{
	p[0] = v >> 24;
	p[1] = v >> 16;
	p[2] = v >> 8;
	p[3] = v;
}

static void transform(u32 h[8], const u8 *block)
{
	u32 s[8], w[64];

	for (unsigned int i = 0; i < 16; i++)
		w[i] = load_be32(block + 4 * i);
	for (unsigned int i = 16; i < 64; i++) {
		u32 a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + w[i - 7] +
		       (ror(a, 7) ^ ror(a, 18) ^ a >> 3) +
		       (ror(b, 17) ^ ror(b, 19) ^ b >> 10);
	}

	memcpy(s, h, sizeof(s));
	for (unsigned int i = 0; i < 64; i++) {
		u32 t1 = s[7] + (ror(s[4], 6) ^ ror(s[4], 11) ^ ror(s[4], 25)) +
			 ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
		u32 t2 = (ror(s[0], 2) ^ ror(s[0], 13) ^ ror(s[0], 22)) +
			 ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

		for (unsigned int j = 7; j; j--)
			s[j] = s[j - 1];
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (unsigned int i = 0; i < 8; i++)
		h[i] += s[i];
}

/**
 * sha256 - hash a buffer
 * @data: what to hash
 * @len: its bytes
 * @digest: result
 *
 * Context: any.
 */
void sha256(const void *data, size_t len, u8 digest[SHA256_SIZE])
{
	u32 h[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};
	u8 tail[2 * BLOCK_SIZE] = { };
	size_t whole = len - len % BLOCK_SIZE, rest = len % BLOCK_SIZE;
	size_t padded = rest < BLOCK_SIZE - 8 ? BLOCK_SIZE : 2 * BLOCK_SIZE;

	for (size_t i = 0; i < whole; i += BLOCK_SIZE)
		transform(h, (const u8 *)data + i);

	memcpy(tail, (const u8 *)data + whole, rest);
	tail[rest] = 0x80;
	store_be32(tail + padded - 8, (u64)len >> 29);
	store_be32(tail + padded - 4, (u64)len << 3);
	for (size_t i = 0; i < padded; i += BLOCK_SIZE)
		transform(h, tail + i);

	for (unsigned int i = 0; i < 8; i++)
		store_be32(digest + 4 * i, h[i]);
}
