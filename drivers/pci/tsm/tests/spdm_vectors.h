/* SPDX-License-Identifier: GPL-2.0 */
/* SPDM messages and certificate chains for spdm_kunit.c and fuzz/, see vectors.h */
#ifndef __PCI_TSM_SPDM_VECTORS_H
#define __PCI_TSM_SPDM_VECTORS_H

#include "vectors.h"

/* Bits in the selections of ALGORITHMS */
#define RSAPSS_3072	0x08
#define ECDSA_P256	0x10
#define ECDSA_P384	0x80
#define SHA_256		0x01
#define SHA_384		0x02
#define SHA_512		0x04
#define MEAS_RAW_ONLY	0x01
#define MEAS_SHA_256	0x02
#define MEAS_SHA_384	0x04

/* What the requester of these connections can do */
#define ASYM_OFFERED	(RSAPSS_3072 | ECDSA_P256 | ECDSA_P384)
#define HASH_OFFERED	(SHA_256 | SHA_384)

/* GET_VERSION and VERSION: 1.0 to 1.3 */
#define VERSIONS \
	0x10, 0x84, 0, 0, \
	0x10, 0x04, 0, 0, 0, 4, \
	LE16(0x1000), LE16(0x1100), LE16(0x1200), LE16(0x1300)

/* GET_CAPABILITIES and CAPABILITIES */
#define CAPS_10 \
	0x10, 0xe1, 0, 0, \
	0x10, 0x61, 0, 0, 0, 20, 0, 0, LE32(0x10)
#define CAPS_11 \
	0x11, 0xe1, 0, 0, 0, 20, 0, 0, LE32(0x2), \
	0x11, 0x61, 0, 0, 0, 20, 0, 0, LE32(0x16)
#define CAPS_12(ver, request, response) \
	ver, 0xe1, request, 0, 0, 20, 0, 0, LE32(0x2), LE32(4096), LE32(4096), \
	ver, 0x61, response, 0, 0, 20, 0, 0, LE32(0x16), LE32(4096), LE32(4096)

/* DHE, AEAD, ReqBaseAsymAlg and KeySchedule, as offered and as selected */
#define TABLES \
	2, 0x20, LE16(0x18), 3, 0x20, LE16(0x2), \
	4, 0x20, LE16(0x8f), 5, 0x20, LE16(0x1)
#define TABLES_SELECTED \
	2, 0x20, LE16(0x10), 3, 0x20, LE16(0x2), \
	4, 0x20, LE16(0x80), 5, 0x20, LE16(0x1)

/* NEGOTIATE_ALGORITHMS and ALGORITHMS, without and with tables */
#define NEGOTIATE(ver, tables, len) \
	ver, 0xe3, tables, 0, LE16(len), 1, 0, LE32(ASYM_OFFERED), \
	LE32(HASH_OFFERED), BYTES8(0), BYTES4(0), 0, 0, 0, 0
#define ALGORITHMS(ver, tables, len, meas, asym, hash) \
	ver, 0x63, tables, 0, LE16(len), 1, 0, LE32(meas), LE32(asym), \
	LE32(hash), BYTES8(0), BYTES4(0), 0, 0, 0, 0
#define ALGS_10(meas, asym, hash) \
	NEGOTIATE(0x10, 0, 32), ALGORITHMS(0x10, 0, 36, meas, asym, hash)
#define ALGS_11(ver, meas, asym, hash) \
	NEGOTIATE(ver, 4, 48), TABLES, \
	ALGORITHMS(ver, 4, 52, meas, asym, hash), TABLES_SELECTED

static const u8 vca_10_p256[] = {
	VERSIONS, CAPS_10, ALGS_10(MEAS_SHA_256, ECDSA_P256, SHA_256),
};

static const u8 vca_11_p384[] = {
	VERSIONS, CAPS_11, ALGS_11(0x11, MEAS_SHA_384, ECDSA_P384, SHA_384),
};

static const u8 vca_12_p384[] = {
	VERSIONS, CAPS_12(0x12, 0, 0),
	ALGS_11(0x12, MEAS_SHA_384, ECDSA_P384, SHA_384),
};

static const u8 vca_12_rsa[] = {
	VERSIONS, CAPS_12(0x12, 0, 0),
	ALGS_11(0x12, MEAS_SHA_384, RSAPSS_3072, SHA_384),
};

static const u8 vca_13_p384[] = {
	VERSIONS, CAPS_12(0x13, 0, 0),
	ALGS_11(0x13, MEAS_SHA_384, ECDSA_P384, SHA_384),
};

/* With the block of supported algorithms: that of ALGORITHMS, more compact */
static const u8 vca_13_supported[] = {
	VERSIONS, CAPS_12(0x13, 1, 1),
	4, 0, LE16(46), 1, 0, LE32(ASYM_OFFERED), LE32(HASH_OFFERED), BYTES8(0),
	BYTES4(0), 0, 0, 0, 0, TABLES,
	ALGS_11(0x13, MEAS_SHA_384, ECDSA_P384, SHA_384),
};

/* Offsets: VERSION and GET_CAPABILITIES of all */
#define VERSION		4
#define GET_CAPS	18
/* vca_10_p256 */
#define V10_CAPS	22
#define V10_NEGOTIATE	34
#define V10_ALGORITHMS	66
/* vca_11_p384 */
#define V11_CAPS	30
#define V11_NEGOTIATE	42
#define V11_ALGORITHMS	90
/* vca_12_p384 and vca_13_p384 */
#define V12_CAPS	38
#define V12_NEGOTIATE	58
#define V12_ALGORITHMS	106
#define V12_END		158
/* vca_13_supported */
#define V13_SUPPORTED	58

#define VCA(name) \
	static const struct vector vector_##name = VECTOR(name)

VCA(vca_10_p256);
VCA(vca_11_p384);
VCA(vca_12_p384);
VCA(vca_12_rsa);
VCA(vca_13_p384);
VCA(vca_13_supported);

#define V10	.from = &vector_vca_10_p256
#define V11	.from = &vector_vca_11_p384
#define V12	.from = &vector_vca_12_p384
#define V13	.from = &vector_vca_13_p384
#define V13S	.from = &vector_vca_13_supported
#define GOOD	.good = true

static const struct vector_case vca_cases[] = {
	VECTOR_SELF(vector_vca_10_p256),
	VECTOR_SELF(vector_vca_11_p384),
	VECTOR_SELF(vector_vca_12_p384),
	VECTOR_SELF(vector_vca_12_rsa),
	VECTOR_SELF(vector_vca_13_p384),
	VECTOR_SELF(vector_vca_13_supported),

	/* Accepted still */
	{ "one version only", V12, GOOD, .drop_at = 10, .drop = 6,
	  .set = { { VERSION + 5, 1, 1 }, { 10, 2, 0x1200 } } },
	{ "update and alpha of a version", V12, GOOD, .set = { { 14, 2, 0x12f7 } } },
	{ "unknown versions listed", V12, GOOD, .set = { { 16, 2, 0x1400 }, { 10, 2, 0x2000 } } },
	{ "reserved fields set", V12, GOOD,
	  .set = { { 2, 2, 0xffff }, { VERSION + 2, 3, 0xffffff }, { GET_CAPS + 2, 3, 0xffffff },
		   { V12_ALGORITHMS + 20, 8, ~0ULL } } },
	{ "extended algorithms offered", V12, GOOD, .add_at = V12_NEGOTIATE + 32, .add = 8,
	  .set = { { V12_NEGOTIATE + 4, 2, 56 }, { V12_NEGOTIATE + 28, 2, 0x0101 } } },
	{ "extended algorithm in a table", V12, GOOD, .add_at = V12_NEGOTIATE + 36, .add = 4,
	  .set = { { V12_NEGOTIATE + 4, 2, 52 }, { V12_NEGOTIATE + 33, 1, 0x21 } } },
	{ "no tables", V12, GOOD, .trim = 16,
	  .set = { { V12_ALGORITHMS + 2, 1, 0 }, { V12_ALGORITHMS + 4, 2, 36 } } },
	{ "1.0: no tables, whatever the reserved field says", V10, GOOD,
	  .set = { { V10_ALGORITHMS + 2, 1, 4 } } },
	{ "raw bit stream only", V12, GOOD, .set = { { V12_ALGORITHMS + 8, 4, MEAS_RAW_ONLY } } },
	{ "last measurement hash", V12, GOOD, .set = { { V12_ALGORITHMS + 8, 4, 0x80 } } },
	{ "last signature algorithm", V12, GOOD,
	  .set = { { V12_ALGORITHMS + 12, 4, 0x800 }, { V12_NEGOTIATE + 8, 4, 0x800 } } },
	{ "last hash", V12, GOOD,
	  .set = { { V12_ALGORITHMS + 16, 4, 0x40 }, { V12_NEGOTIATE + 12, 4, 0x40 } } },
	{ "1.3: supported algorithms asked for, not given", V13, GOOD,
	  .set = { { GET_CAPS + 2, 1, 1 } } },
	{ "1.3: shortest block of supported algorithms", V13S, GOOD,
	  .drop_at = V13_SUPPORTED + 4, .drop = 42, .set = { { V13_SUPPORTED + 2, 2, 4 } } },
	{ "1.2: bit of 1.3 in CAPABILITIES", V12, GOOD, .set = { { V12_CAPS + 2, 1, 1 } } },

	/* Size */
	{ "nothing", V12, .trim = V12_END },
	{ "one byte", V12, .trim = V12_END - 1 },
	{ "GET_VERSION only", V12, .trim = V12_END - 4 },
	{ "cut inside VERSION", V12, .trim = V12_END - 9 },
	{ "cut before the version numbers", V12, .trim = V12_END - 10 },
	{ "cut inside the version numbers", V12, .trim = V12_END - 15 },
	{ "no GET_CAPABILITIES", V12, .trim = V12_END - GET_CAPS },
	{ "cut inside GET_CAPABILITIES", V12, .trim = V12_END - V12_CAPS + 1 },
	{ "no CAPABILITIES", V12, .trim = V12_END - V12_CAPS },
	{ "cut inside CAPABILITIES", V12, .trim = V12_END - V12_NEGOTIATE + 1 },
	{ "no NEGOTIATE_ALGORITHMS", V12, .trim = V12_END - V12_NEGOTIATE },
	{ "cut inside NEGOTIATE_ALGORITHMS", V12, .trim = V12_END - V12_NEGOTIATE - 31 },
	{ "no ALGORITHMS", V12, .trim = V12_END - V12_ALGORITHMS },
	{ "cut inside ALGORITHMS", V12, .trim = V12_END - V12_ALGORITHMS - 35 },
	{ "cut inside the last table", V12, .trim = 1 },
	{ "one byte more", V12, .pad = 1 },
	{ "padding of a DW", V12, .pad = 2 },
	{ "another message behind", V12, .pad = 4, .fill = 0x12 },
	{ "a byte missing in front", V12, .drop = 1 },
	{ "a byte too much in front", V12, .add = 1 },

	/* GET_VERSION and VERSION */
	{ "GET_VERSION is of 1.2", V12, .set = { { 0, 1, 0x12 } } },
	{ "GET_VERSION has another code", V12, .set = { { 1, 1, 0xe1 } } },
	{ "VERSION is of 1.2", V12, .set = { { VERSION, 1, 0x12 } } },
	{ "VERSION is an ERROR", V12, .set = { { VERSION + 1, 1, 0x7f } } },
	{ "VERSION without versions", V12, .set = { { VERSION + 5, 1, 0 } } },
	{ "no versions, and none there", V12, .drop_at = 10, .drop = 8,
	  .set = { { VERSION + 5, 1, 0 } } },
	{ "VERSION with a version too many", V12, .set = { { VERSION + 5, 1, 5 } } },
	{ "VERSION with a version too few", V12, .set = { { VERSION + 5, 1, 3 } } },
	{ "VERSION with as many versions as can be", V12, .set = { { VERSION + 5, 1, 255 } } },
	{ "version that VERSION does not list", V12, .set = { { 14, 2, 0x1400 } } },
	{ "version listed with its bytes swapped", V12, .set = { { 14, 2, 0x0012 } } },
	{ "version 0", V12, .set = { { GET_CAPS, 1, 0 } } },
	{ "version 0.9", V12, .set = { { GET_CAPS, 1, 0x09 } } },
	{ "version 1.4, listed", V12, .set = { { GET_CAPS, 1, 0x14 }, { 16, 2, 0x1400 } } },
	{ "GET_VERSION twice", V12, .add_at = 4, .add = 4,
	  .set = { { 4, 4, 0x8410 } } },

	/* GET_CAPABILITIES and CAPABILITIES */
	{ "GET_CAPABILITIES has another code", V12, .set = { { GET_CAPS + 1, 1, 0xe3 } } },
	{ "CAPABILITIES is an ERROR", V12, .set = { { V12_CAPS + 1, 1, 0x7f } } },
	{ "CAPABILITIES of another version", V12, .set = { { V12_CAPS, 1, 0x11 } } },
	{ "CAPABILITIES first", V12,
	  .set = { { GET_CAPS + 1, 1, 0x61 }, { V12_CAPS + 1, 1, 0xe1 } } },
	{ "1.2: GET_CAPABILITIES of 1.1's size", V12, .drop_at = GET_CAPS + 12, .drop = 8 },
	{ "1.2: CAPABILITIES of 1.1's size", V12, .drop_at = V12_CAPS + 12, .drop = 8 },
	{ "1.1: GET_CAPABILITIES of 1.0's size", V11, .drop_at = GET_CAPS + 4, .drop = 8 },
	{ "1.1: CAPABILITIES of 1.2's size", V11, .add_at = V11_CAPS + 12, .add = 8 },
	{ "1.0: GET_CAPABILITIES of 1.1's size", V10, .add_at = V10_CAPS, .add = 8 },
	{ "1.0: CAPABILITIES cut", V10, .drop_at = V10_NEGOTIATE - 1, .drop = 1 },
	{ "1.3: supported algorithms not asked for", V13S, .set = { { GET_CAPS + 2, 1, 0 } } },
	{ "1.3: supported algorithms given, not said so", V13S,
	  .set = { { V12_CAPS + 2, 1, 0 } } },
	{ "1.3: supported algorithms said, not given", V13,
	  .set = { { GET_CAPS + 2, 1, 1 }, { V12_CAPS + 2, 1, 1 } } },
	{ "1.3: supported algorithms of no size", V13S, .set = { { V13_SUPPORTED + 2, 2, 0 } } },
	{ "1.3: supported algorithms shorter than their length", V13S,
	  .set = { { V13_SUPPORTED + 2, 2, 3 } } },
	{ "1.3: supported algorithms too short", V13S, .set = { { V13_SUPPORTED + 2, 2, 45 } } },
	{ "1.3: supported algorithms too long", V13S, .set = { { V13_SUPPORTED + 2, 2, 47 } } },
	{ "1.3: supported algorithms longer than all", V13S,
	  .set = { { V13_SUPPORTED + 2, 2, 0xffff } } },
	{ "1.3: supported algorithms cut", V13S,
	  .trim = sizeof(vca_13_supported) - V13_SUPPORTED - 3 },

	/* NEGOTIATE_ALGORITHMS */
	{ "NEGOTIATE_ALGORITHMS has another code", V12, .set = { { V12_NEGOTIATE + 1, 1, 0x63 } } },
	{ "NEGOTIATE_ALGORITHMS of another version", V12, .set = { { V12_NEGOTIATE, 1, 0x13 } } },
	{ "NEGOTIATE_ALGORITHMS of no length", V12, .set = { { V12_NEGOTIATE + 4, 2, 0 } } },
	{ "NEGOTIATE_ALGORITHMS shorter than can be", V12,
	  .set = { { V12_NEGOTIATE + 4, 2, 31 } } },
	{ "NEGOTIATE_ALGORITHMS without its tables", V12, .set = { { V12_NEGOTIATE + 4, 2, 32 } } },
	{ "NEGOTIATE_ALGORITHMS takes all", V12, .set = { { V12_NEGOTIATE + 4, 2, 100 } } },
	{ "NEGOTIATE_ALGORITHMS longer than all", V12,
	  .set = { { V12_NEGOTIATE + 4, 2, 0xffff } } },
	{ "NEGOTIATE_ALGORITHMS with a table too many", V12,
	  .set = { { V12_NEGOTIATE + 2, 1, 5 } } },
	{ "NEGOTIATE_ALGORITHMS with a table too few", V12,
	  .set = { { V12_NEGOTIATE + 2, 1, 3 } } },
	{ "NEGOTIATE_ALGORITHMS with many tables", V12, .set = { { V12_NEGOTIATE + 2, 1, 255 } } },
	{ "NEGOTIATE_ALGORITHMS with a table that is too long", V12,
	  .set = { { V12_NEGOTIATE + 33, 1, 0xff } } },
	{ "NEGOTIATE_ALGORITHMS with extended algorithms not there", V12,
	  .set = { { V12_NEGOTIATE + 28, 1, 1 } } },
	{ "NEGOTIATE_ALGORITHMS with many extended algorithms", V12,
	  .set = { { V12_NEGOTIATE + 28, 2, 0xffff } } },
	{ "1.0: NEGOTIATE_ALGORITHMS with something behind", V10, .add_at = V10_ALGORITHMS,
	  .add = 4, .set = { { V10_NEGOTIATE + 4, 2, 36 } } },

	/* ALGORITHMS */
	{ "ALGORITHMS is an ERROR", V12, .set = { { V12_ALGORITHMS + 1, 1, 0x7f } } },
	{ "ALGORITHMS of another version", V12, .set = { { V12_ALGORITHMS, 1, 0x10 } } },
	{ "ALGORITHMS of no length", V12, .set = { { V12_ALGORITHMS + 4, 2, 0 } } },
	{ "ALGORITHMS shorter than can be", V12, .set = { { V12_ALGORITHMS + 4, 2, 35 } } },
	{ "ALGORITHMS one byte too short", V12, .set = { { V12_ALGORITHMS + 4, 2, 51 } } },
	{ "ALGORITHMS one byte too long", V12, .set = { { V12_ALGORITHMS + 4, 2, 53 } } },
	{ "ALGORITHMS with a byte behind its tables", V12, .pad = 1,
	  .set = { { V12_ALGORITHMS + 4, 2, 53 } } },
	{ "ALGORITHMS with the header of a table behind", V12, .pad = 2,
	  .set = { { V12_ALGORITHMS + 4, 2, 54 } } },
	{ "ALGORITHMS with an extended signature not there", V12,
	  .set = { { V12_ALGORITHMS + 32, 1, 1 } } },
	{ "ALGORITHMS with an extended hash not there", V12,
	  .set = { { V12_ALGORITHMS + 33, 1, 1 } } },
	{ "ALGORITHMS with an extended signature, too", V12,
	  .add_at = V12_ALGORITHMS + 36, .add = 4,
	  .set = { { V12_ALGORITHMS + 4, 2, 56 }, { V12_ALGORITHMS + 32, 1, 1 } } },
	{ "ALGORITHMS with an extended hash, too", V12,
	  .add_at = V12_ALGORITHMS + 36, .add = 4,
	  .set = { { V12_ALGORITHMS + 4, 2, 56 }, { V12_ALGORITHMS + 33, 1, 1 } } },
	{ "no measurement specification", V12, .set = { { V12_ALGORITHMS + 6, 1, 0 } } },
	{ "two measurement specifications", V12, .set = { { V12_ALGORITHMS + 6, 1, 3 } } },
	{ "another measurement specification", V12,
	  .set = { { V12_ALGORITHMS + 6, 1, 2 }, { V12_NEGOTIATE + 6, 1, 3 } } },
	{ "measurement specification not offered", V12, .set = { { V12_NEGOTIATE + 6, 1, 0 } } },
	{ "no measurement hash", V12, .set = { { V12_ALGORITHMS + 8, 4, 0 } } },
	{ "two measurement hashes", V12, .set = { { V12_ALGORITHMS + 8, 4, 6 } } },
	{ "unknown measurement hash", V12, .set = { { V12_ALGORITHMS + 8, 4, 0x100 } } },
	{ "measurement hash: top bit", V12, .set = { { V12_ALGORITHMS + 8, 4, 0x80000000 } } },
	{ "no signature algorithm", V12, .set = { { V12_ALGORITHMS + 12, 4, 0 } } },
	{ "two signature algorithms", V12, .set = { { V12_ALGORITHMS + 12, 4, 0x90 } } },
	{ "signature algorithm not offered", V12, .set = { { V12_ALGORITHMS + 12, 4, 0x100 } } },
	{ "unknown signature algorithm, offered", V12,
	  .set = { { V12_ALGORITHMS + 12, 4, 0x1000 }, { V12_NEGOTIATE + 8, 4, 0xffffffff } } },
	{ "no hash", V12, .set = { { V12_ALGORITHMS + 16, 4, 0 } } },
	{ "two hashes", V12, .set = { { V12_ALGORITHMS + 16, 4, 3 } } },
	{ "hash not offered", V12, .set = { { V12_ALGORITHMS + 16, 4, SHA_512 } } },
	{ "unknown hash, offered", V12,
	  .set = { { V12_ALGORITHMS + 16, 4, 0x80 }, { V12_NEGOTIATE + 12, 4, 0xffffffff } } },
};

#undef V10
#undef V11
#undef V12
#undef V13
#undef V13S

/*
 * GET_MEASUREMENTS, signed and for all blocks, and MEASUREMENTS. Blocks are not
 * in the order of their indices. Nonces, opaque data and signature are made up.
 */
#define GET_MEAS_10(ver)	ver, 0xe0, 1, 0xff, BYTES32(0x5c)
#define GET_MEAS_11(ver, slot)	GET_MEAS_10(ver), slot
#define GET_MEAS_13(ver, slot)	GET_MEAS_11(ver, slot), BYTES8(0xc7)
#define MEAS(ver, param2, nr, len) \
	ver, 0x60, 0, param2, nr, LE24(len)
#define NONCE_OPAQUE		BYTES32(0xa3), LE16(4), BYTES4(0x22)

#define BLOCK(index, type, size) \
	index, 1, LE16(3 + (size)), type, LE16(size)
#define BLOCKS_RAW \
	BLOCK(0x10, 0x87, 8), 7, 0, 0, 0, 0, 0, 0, 0, \
	BLOCK(0xfd, 0x84, 5), 'h', 'e', 'l', 'l', 'o', \
	BLOCK(0xfe, 0x85, 16), LE32(0x3f), LE32(0x4), LE32(0x1f), LE32(0)
#define BLOCKS_32 \
	BLOCK(2, 1, 32), BYTES32(0x02), BLOCK(1, 0, 32), BYTES32(0x01), BLOCKS_RAW
#define BLOCKS_48 \
	BLOCK(2, 1, 48), BYTES48(0x02), BLOCK(1, 0, 48), BYTES48(0x01), BLOCKS_RAW

static const u8 meas_10_p256[] = {
	GET_MEAS_10(0x10),
	MEAS(0x10, 0, 5, 128), BLOCKS_32, NONCE_OPAQUE, BYTES64(0x51),
};

static const u8 meas_11_p384[] = {
	GET_MEAS_11(0x11, 0),
	MEAS(0x11, 0, 5, 160), BLOCKS_48, NONCE_OPAQUE, BYTES96(0x51),
};

static const u8 meas_12_p384[] = {
	GET_MEAS_11(0x12, 3),
	MEAS(0x12, 0x23, 5, 160), BLOCKS_48, NONCE_OPAQUE, BYTES96(0x51),
};

static const u8 meas_12_rsa[] = {
	GET_MEAS_11(0x12, 0),
	MEAS(0x12, 0x10, 5, 160), BLOCKS_48, NONCE_OPAQUE, BYTES384(0x51),
};

static const u8 meas_13_p384[] = {
	GET_MEAS_13(0x13, 7),
	MEAS(0x13, 0x07, 5, 160), BLOCKS_48, NONCE_OPAQUE, BYTES8(0xc7), BYTES96(0x51),
};

/* Offsets in meas_11_p384 and meas_12_p384 */
#define SLOT		36
#define RESPONSE	37
#define RECORD_LEN	42
#define RECORD		45
#define B1		100
#define B_SVN		155
#define B_MANIFEST	170
#define B_MODE		182
#define RECORD_END	205
#define OPAQUE_LEN	237
#define OPAQUE_END	243
#define MEAS_END	339
/* and in meas_13_p384 */
#define RESPONSE_13	45
#define OPAQUE_LEN_13	245
#define CONTEXT_13	251

static const struct pci_tsm_spdm_vca with_10 = {
	0x10, 1, MEAS_SHA_256, ECDSA_P256, SHA_256
};

static const struct pci_tsm_spdm_vca with_11 = {
	0x11, 1, MEAS_SHA_384, ECDSA_P384, SHA_384
};

static const struct pci_tsm_spdm_vca with_12 = {
	0x12, 1, MEAS_SHA_384, ECDSA_P384, SHA_384
};

static const struct pci_tsm_spdm_vca with_12_sha256 = {
	0x12, 1, MEAS_SHA_256, ECDSA_P384, SHA_384
};

static const struct pci_tsm_spdm_vca with_12_raw = {
	0x12, 1, MEAS_RAW_ONLY, ECDSA_P384, SHA_384
};

static const struct pci_tsm_spdm_vca with_12_rsa = {
	0x12, 1, MEAS_SHA_384, RSAPSS_3072, SHA_384
};

static const struct pci_tsm_spdm_vca with_12_no_hash = {
	0x12, 1, 0, ECDSA_P384, SHA_384
};

static const struct pci_tsm_spdm_vca with_12_no_asym = {
	0x12, 1, MEAS_SHA_384, 0x1000, SHA_384
};

static const struct pci_tsm_spdm_vca with_13 = {
	0x13, 1, MEAS_SHA_384, ECDSA_P384, SHA_384
};

VCA(meas_10_p256);
VCA(meas_11_p384);
VCA(meas_12_p384);
VCA(meas_12_rsa);
VCA(meas_13_p384);

#define M10	.from = &vector_meas_10_p256, .with = &with_10
#define M11	.from = &vector_meas_11_p384, .with = &with_11
#define M12	.from = &vector_meas_12_p384, .with = &with_12
#define M12R	.from = &vector_meas_12_rsa, .with = &with_12_rsa
#define M13	.from = &vector_meas_13_p384, .with = &with_13
#define M12_AS(vca) .from = &vector_meas_12_p384, .with = &(vca)

static const struct vector_case meas_cases[] = {
	{ "as it is", M10, GOOD },
	{ "as it is", M11, GOOD },
	{ "as it is", M12, GOOD },
	{ "as it is", M12R, GOOD },
	{ "as it is", M13, GOOD },

	/* Accepted still */
	{ "a byte of padding", M12, GOOD, .pad = 1 },
	{ "two bytes of padding", M12, GOOD, .pad = 2 },
	{ "three bytes of padding", M12, GOOD, .pad = 3 },
	{ "1.2: raw bit stream requested", M12, GOOD, .set = { { 2, 1, 3 } } },
	{ "1.3: new measurement requested", M13, GOOD, .set = { { 2, 1, 7 } } },
	{ "no opaque data", M12, GOOD, .drop_at = OPAQUE_LEN + 2, .drop = 4,
	  .set = { { OPAQUE_LEN, 2, 0 } } },
	{ "as much opaque data as there may be", M12, GOOD, .add_at = OPAQUE_END, .add = 1020,
	  .set = { { OPAQUE_LEN, 2, 1024 } } },
	{ "reserved fields set", M12, GOOD,
	  .set = { { RESPONSE + 2, 1, 0xff }, { SLOT, 1, 0xf3 }, { RESPONSE + 3, 1, 0xc3 } } },
	{ "1.0: what is a slot from 1.1 on", M10, GOOD, .set = { { 36 + 3, 1, 0x05 } } },
	{ "digest where a raw value is usual", M12, GOOD, .set = { { B1 + 4, 1, 0x04 } } },
	{ "raw value where a digest is usual", M12, GOOD, .set = { { B1 + 4, 1, 0x80 } } },
	{ "raw value of no size", M12, GOOD, .drop_at = B_SVN + 7, .drop = 8,
	  .set = { { B_SVN + 2, 2, 3 }, { B_SVN + 5, 2, 0 }, { RECORD_LEN, 3, 152 } } },
	{ "first index that there can be, and the last", M12, GOOD,
	  .set = { { RECORD, 1, 0xef }, { B_SVN, 1, 2 } } },
	{ "one block only", M12, GOOD, .drop_at = B1, .drop = 105,
	  .set = { { RESPONSE + 4, 1, 1 }, { RECORD_LEN, 3, 55 } } },
	{ "all blocks raw, for raw bit stream only", M12_AS(with_12_raw), GOOD,
	  .set = { { RECORD + 4, 1, 0x81 }, { B1 + 4, 1, 0x80 } } },
	{ "unknown value type", M12, GOOD, .set = { { B_MODE + 4, 1, 0xff } } },

	/* Size */
	{ "nothing", M12, .trim = MEAS_END },
	{ "one byte", M12, .trim = MEAS_END - 1 },
	{ "cut inside the request", M12, .trim = MEAS_END - 30 },
	{ "request without a slot", M12, .trim = MEAS_END - SLOT },
	{ "request only", M12, .trim = MEAS_END - RESPONSE },
	{ "cut inside the response's header", M12, .trim = MEAS_END - RECORD + 1 },
	{ "cut before the record", M12, .trim = MEAS_END - RECORD },
	{ "cut inside the record", M12, .trim = MEAS_END - RECORD_END + 1 },
	{ "cut before the nonce", M12, .trim = MEAS_END - RECORD_END },
	{ "cut inside the nonce", M12, .trim = MEAS_END - OPAQUE_LEN + 1 },
	{ "cut before the opaque length", M12, .trim = MEAS_END - OPAQUE_LEN },
	{ "cut inside the opaque length", M12, .trim = MEAS_END - OPAQUE_LEN - 1 },
	{ "cut inside the opaque data", M12, .trim = MEAS_END - OPAQUE_END + 1 },
	{ "no signature", M12, .trim = 96 },
	{ "cut inside the signature", M12, .trim = 1 },
	{ "1.3: cut before the context", M13, .trim = 104 },
	{ "1.3: cut inside the context", M13, .trim = 97 },
	{ "four bytes of padding", M12, .pad = 4 },
	{ "padding that is not zero", M12, .pad = 1, .fill = 1 },
	{ "last byte of padding is not zero", M12, .pad = 3,
	  .set = { { MEAS_END + 2, 1, 0x80 } } },
	{ "a response too many", M12, .pad = 302, .fill = 0x60 },
	{ "a byte missing in front", M12, .drop = 1 },
	{ "a byte too much in front", M12, .add = 1 },
	{ "response without its request", M12, .drop = RESPONSE },
	{ "request twice", M12, .add_at = RESPONSE, .add = RESPONSE, .fill = 0x12 },

	/* Connection */
	{ "request of another version", M11, .set = { { 0, 1, 0x12 } } },
	{ "of 1.2, in a connection of 1.0", M12_AS(with_10) },
	{ "of 1.2, in a connection of 1.1", M12_AS(with_11) },
	{ "of 1.2, in a connection of 1.3", M12_AS(with_13) },
	{ "signature of another algorithm", M12_AS(with_12_rsa) },
	{ "digests of another hash", M12_AS(with_12_sha256) },
	{ "digests for raw bit stream only", M12_AS(with_12_raw) },
	{ "digest of no size, for raw bit stream only", M12_AS(with_12_raw),
	  .drop_at = B1 + 7, .drop = 48,
	  .set = { { RECORD + 4, 1, 0x81 }, { B1 + 2, 2, 3 }, { B1 + 5, 2, 0 },
		   { RECORD_LEN, 3, 112 } } },
	{ "no measurement hash selected", M12_AS(with_12_no_hash) },
	{ "unknown signature algorithm", M12_AS(with_12_no_asym) },
	{ "response of another version", M12, .set = { { RESPONSE, 1, 0x11 } } },
	{ "1.3: size of 1.2", M13, .drop_at = 37, .drop = 8 },
	{ "1.0: size of 1.1", M10, .add_at = 36, .add = 1 },

	/* Request */
	{ "another request", M12, .set = { { 1, 1, 0xe1 } } },
	{ "response first", M12, .set = { { 1, 1, 0x60 } } },
	{ "no signature requested", M12, .set = { { 2, 1, 0 } } },
	{ "raw bit stream, no signature requested", M12, .set = { { 2, 1, 2 } } },
	{ "1.1: raw bit stream requested", M11, .set = { { 2, 1, 3 } } },
	{ "1.2: new measurement requested", M12, .set = { { 2, 1, 5 } } },
	{ "1.3: reserved attribute", M13, .set = { { 2, 1, 9 } } },
	{ "number of blocks requested", M12, .set = { { 3, 1, 0 } } },
	{ "one block requested", M12, .set = { { 3, 1, 1 } } },
	{ "manifest requested", M12, .set = { { 3, 1, 0xfd } } },
	{ "slot 8", M12, .set = { { SLOT, 1, 8 }, { RESPONSE + 3, 1, 8 } } },
	{ "no slot, a provisioned key", M12,
	  .set = { { SLOT, 1, 0xf }, { RESPONSE + 3, 1, 0xf } } },

	/* Response */
	{ "response is an ERROR", M12, .set = { { RESPONSE + 1, 1, 0x7f } } },
	{ "signed by another slot", M12, .set = { { RESPONSE + 3, 1, 2 } } },
	{ "requested from another slot", M12, .set = { { SLOT, 1, 0 } } },
	{ "1.1: signed by another slot", M11, .set = { { RESPONSE + 3, 1, 1 } } },
	{ "no blocks", M12, .set = { { RESPONSE + 4, 1, 0 } } },
	{ "no blocks, no record", M12, .drop_at = RECORD, .drop = 160,
	  .set = { { RESPONSE + 4, 4, 0 } } },
	{ "blocks, but no record", M12, .drop_at = RECORD, .drop = 160,
	  .set = { { RECORD_LEN, 3, 0 } } },
	{ "a block too few", M12, .set = { { RESPONSE + 4, 1, 4 } } },
	{ "a block too many", M12, .set = { { RESPONSE + 4, 1, 6 } } },
	{ "as many blocks as can be", M12, .set = { { RESPONSE + 4, 1, 255 } } },
	{ "record too short", M12, .set = { { RECORD_LEN, 3, 159 } } },
	{ "record too long", M12, .set = { { RECORD_LEN, 3, 161 } } },
	{ "record longer than all", M12, .set = { { RECORD_LEN, 3, 295 } } },
	{ "record takes all", M12, .set = { { RECORD_LEN, 3, 294 } } },
	{ "record length: top byte", M12, .set = { { RECORD_LEN, 3, 0x0100a0 } } },
	{ "record length all ones", M12, .set = { { RECORD_LEN, 3, 0xffffff } } },
	{ "record begins with a byte too much", M12, .add_at = RECORD, .add = 1,
	  .set = { { RECORD_LEN, 3, 161 } } },
	{ "record ends with a byte too much", M12, .add_at = RECORD_END, .add = 1,
	  .set = { { RECORD_LEN, 3, 161 } } },
	{ "record ends with the header of a block", M12, .add_at = RECORD_END, .add = 4,
	  .set = { { RECORD_LEN, 3, 164 }, { RESPONSE + 4, 1, 6 } } },
	{ "opaque data shorter than it says", M12, .set = { { OPAQUE_LEN, 2, 5 } } },
	{ "opaque data longer than it says", M12, .set = { { OPAQUE_LEN, 2, 0 } } },
	{ "opaque data takes all", M12, .set = { { OPAQUE_LEN, 2, 100 } } },
	{ "opaque data longer than all", M12, .set = { { OPAQUE_LEN, 2, 101 } } },
	{ "opaque length all ones", M12, .set = { { OPAQUE_LEN, 2, 0xffff } } },
	{ "more opaque data than there may be", M12, .add_at = OPAQUE_END, .add = 1021,
	  .set = { { OPAQUE_LEN, 2, 1025 } } },
	{ "1.3: context does not come back", M13, .set = { { CONTEXT_13, 1, 0 } } },
	{ "1.3: last byte of the context differs", M13, .set = { { CONTEXT_13 + 7, 1, 0xc6 } } },
	{ "1.3: no context in the response", M13, .drop_at = CONTEXT_13, .drop = 8 },
	{ "1.3: opaque data takes the context", M13, .set = { { OPAQUE_LEN_13, 2, 12 } } },

	/* Blocks */
	{ "index 0", M12, .set = { { RECORD, 1, 0 } } },
	{ "first reserved index", M12, .set = { { B1, 1, 0xf0 } } },
	{ "last reserved index", M12, .set = { { B1, 1, 0xfc } } },
	{ "index that means all", M12, .set = { { B1, 1, 0xff } } },
	{ "index of the last block", M12, .set = { { B_MODE, 1, 0xff } } },
	{ "index twice", M12, .set = { { B1, 1, 2 } } },
	{ "index of the first block again in the last", M12, .set = { { B_MODE, 1, 2 } } },
	{ "no measurement specification", M12, .set = { { RECORD + 1, 1, 0 } } },
	{ "two measurement specifications", M12, .set = { { RECORD + 1, 1, 3 } } },
	{ "measurement specification not negotiated", M12, .set = { { B_MODE + 1, 1, 2 } } },
	{ "measurement of no size", M12, .set = { { RECORD + 2, 2, 0 } } },
	{ "measurement of its header's size", M12, .set = { { RECORD + 2, 2, 3 } } },
	{ "measurement shorter than its value", M12, .set = { { RECORD + 2, 2, 50 } } },
	{ "measurement longer than its value", M12, .set = { { RECORD + 2, 2, 52 } } },
	{ "measurement size all ones", M12, .set = { { RECORD + 2, 2, 0xffff } } },
	{ "measurement and value size wrap", M12,
	  .set = { { RECORD + 2, 2, 2 }, { RECORD + 5, 2, 0xffff } } },
	{ "value of no size", M12, .set = { { RECORD + 5, 2, 0 } } },
	{ "value shorter than its measurement", M12, .set = { { RECORD + 5, 2, 47 } } },
	{ "value longer than its measurement", M12, .set = { { RECORD + 5, 2, 49 } } },
	{ "value size with its bytes swapped", M12, .set = { { RECORD + 5, 2, 0x3000 } } },
	{ "block takes all of the record", M12,
	  .set = { { RECORD + 2, 2, 156 }, { RECORD + 4, 1, 0x81 }, { RECORD + 5, 2, 153 } } },
	{ "block exceeds the record", M12,
	  .set = { { B_MODE + 2, 2, 20 }, { B_MODE + 5, 2, 17 } } },
	{ "digest of another size", M12, .drop_at = B1 + 7, .drop = 16,
	  .set = { { B1 + 2, 2, 35 }, { B1 + 5, 2, 32 }, { RECORD_LEN, 3, 144 } } },
	{ "digest that is a byte too long", M12, .add_at = B1 + 7, .add = 1,
	  .set = { { B1 + 2, 2, 52 }, { B1 + 5, 2, 49 }, { RECORD_LEN, 3, 161 } } },
	{ "digest of no size", M12, .drop_at = B1 + 7, .drop = 48,
	  .set = { { B1 + 2, 2, 3 }, { B1 + 5, 2, 0 }, { RECORD_LEN, 3, 112 } } },
	{ "raw value said to be a digest", M12, .set = { { B_SVN + 4, 1, 0x07 } } },
};

#undef M10
#undef M11
#undef M12
#undef M12R
#undef M13
#undef M12_AS

/* Certificates are framed only, so what is in these is little */
#define CERT_SHORT	0x30, 0x05, 0x30, 0x01, 0x5a, 0x05, 0x00
#define CERT_LONG	0x30, 0x81, 0x84, 0x30, 0x81, 0x81, BYTES96(0x5a), BYTES32(0x5a), 0x5a
#define CERT_LONGER	0x30, 0x82, 0x01, 0x0a, 0x30, 0x82, 0x01, 0x06, BYTES96(0x5a), \
			BYTES96(0x5a), BYTES64(0x5a), 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a

static const u8 chain_one[] = { CERT_SHORT };
static const u8 chain_long[] = { CERT_LONG };
static const u8 chain_three[] = { CERT_LONGER, CERT_LONG, CERT_SHORT };

/* Offsets in chain_three */
#define C1	270
#define C2	405

VCA(chain_one);
VCA(chain_long);
VCA(chain_three);

#define ONE	.from = &vector_chain_one
#define LONG	.from = &vector_chain_long
#define THREE	.from = &vector_chain_three

static const struct vector_case chain_cases[] = {
	VECTOR_SELF(vector_chain_one),
	VECTOR_SELF(vector_chain_long),
	VECTOR_SELF(vector_chain_three),

	{ "without the leaf", THREE, GOOD, .trim = 7 },
	{ "nothing in the inner SEQUENCE", ONE, GOOD,
	  .set = { { 3, 1, 0 } } },

	{ "nothing", ONE, .trim = 7 },
	{ "one byte", ONE, .trim = 6 },
	{ "header only", ONE, .trim = 5 },
	{ "cut", ONE, .trim = 1 },
	{ "leaf cut", THREE, .trim = 1 },
	{ "cut inside a length", THREE, .trim = 7 + 135 + 268 },
	{ "cut behind a length", THREE, .trim = 7 + 135 + 266 },
	{ "a zero behind", ONE, .pad = 1 },
	{ "padding of a DW behind", THREE, .pad = 4 },
	{ "a zero in front", ONE, .add = 1 },
	{ "a zero between two", THREE, .add_at = C1, .add = 1 },
	{ "a byte missing between two", THREE, .drop_at = C1, .drop = 1 },
	{ "as PEM", ONE, .set = { { 0, 5, 0x2d2d2d2d2dULL } } },
	{ "behind the length and root hash of GET_CERTIFICATE", THREE, .add = 52, .fill = 0x30 },
	{ "a SET", ONE, .set = { { 0, 1, 0x31 } } },
	{ "a SEQUENCE that is not constructed", ONE, .set = { { 0, 1, 0x10 } } },
	{ "no SEQUENCE inside", ONE, .set = { { 2, 1, 0x02 } } },
	{ "no SEQUENCE inside the second", THREE, .set = { { C1 + 3, 1, 0x02 } } },
	{ "an empty SEQUENCE", ONE, .trim = 5, .set = { { 1, 1, 0 } } },
	{ "inner SEQUENCE exceeds the outer", ONE, .set = { { 3, 1, 4 } } },
	{ "inner SEQUENCE exceeds the outer, not the buffer", THREE,
	  .set = { { 6, 2, 0x0701 } } },
	{ "length too short", ONE, .set = { { 1, 1, 4 } } },
	{ "length too long", ONE, .set = { { 1, 1, 6 } } },
	{ "longest short length", ONE, .set = { { 1, 1, 0x7f } } },
	{ "indefinite length", ONE, .set = { { 1, 1, 0x80 } } },
	{ "indefinite length with an end", ONE, .pad = 2, .set = { { 1, 1, 0x80 } } },
	{ "reserved length", ONE, .set = { { 1, 1, 0xff } } },
	{ "length of 5 bytes", LONG, .add_at = 2, .add = 4, .set = { { 1, 1, 0x85 } } },
	{ "length in more bytes than it takes", LONG, .add_at = 2, .add = 1,
	  .set = { { 1, 1, 0x82 } } },
	{ "long form of a short length", ONE, .add_at = 1, .add = 1, .set = { { 1, 1, 0x81 } } },
	{ "length of 4 bytes, all ones", THREE, .set = { { 1, 5, 0xffffffff84ULL } } },
	{ "length of 4 bytes with the sign bit", THREE, .set = { { 1, 5, 0x8084 } } },
	{ "length of 3 bytes, too long", THREE, .set = { { 1, 4, 0x0183 } } },
	{ "length too long by one, long form", LONG, .set = { { 2, 1, 0x85 } } },
	{ "length too short by one, long form", LONG, .set = { { 2, 1, 0x83 } } },
};

#undef ONE
#undef LONG
#undef THREE
#undef VCA
#undef GOOD

#endif /* __PCI_TSM_SPDM_VECTORS_H */
