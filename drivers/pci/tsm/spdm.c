// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: parsers of SPDM evidence, DMTF DSP0274.
 *
 * The kernel verifies no signature, userspace does. But it has to know where
 * measurements begin and end, and that there is one way only to read them: what
 * is malformed, ambiguous or of another connection is refused as a whole. Fields
 * that DSP0274 reserves are ignored, as it asks.
 */

#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>
#include "spdm.h"

/* Request and response codes */
#define SPDM_VERSION			0x04
#define SPDM_MEASUREMENTS		0x60
#define SPDM_CAPABILITIES		0x61
#define SPDM_ALGORITHMS			0x63
#define SPDM_GET_VERSION		0x84
#define SPDM_GET_MEASUREMENTS		0xe0
#define SPDM_GET_CAPABILITIES		0xe1
#define SPDM_NEGOTIATE_ALGORITHMS	0xe3

/* Offsets in each message */
#define SPDM_HEADER			4
#define HEADER_VERSION			0
#define HEADER_CODE			1
#define HEADER_PARAM1			2
#define HEADER_PARAM2			3

/* VERSION */
#define VERSION_COUNT			5
#define VERSION_ENTRIES			6
#define VERSION_ENTRY_SHIFT		8

/* GET_CAPABILITIES and CAPABILITIES */
#define CAPABILITIES_SIZE_11		12
#define CAPABILITIES_SIZE_12		20
#define CAPABILITIES_ALGORITHMS		BIT(0)
#define SUPPORTED_ALGORITHMS_LENGTH	2
#define SUPPORTED_ALGORITHMS_MIN	4

/* NEGOTIATE_ALGORITHMS */
#define ALGORITHMS_LENGTH		4
#define NEGOTIATE_MEAS_SPEC		6
#define NEGOTIATE_ASYM			8
#define NEGOTIATE_HASH			12
#define NEGOTIATE_EXT_ASYM_COUNT	28
#define NEGOTIATE_EXT_HASH_COUNT	29
#define NEGOTIATE_SIZE			32

/* ALGORITHMS */
#define ALGORITHMS_MEAS_SPEC		6
#define ALGORITHMS_MEAS_HASH		8
#define ALGORITHMS_ASYM			12
#define ALGORITHMS_HASH			16
#define ALGORITHMS_EXT_ASYM_COUNT	32
#define ALGORITHMS_EXT_HASH_COUNT	33
#define ALGORITHMS_SIZE			36

/* Algorithm tables and extended algorithms at the end of both */
#define EXT_ALGORITHM_SIZE		4
#define TABLE_ALG_COUNT			1
#define TABLE_HEADER			2

/* GET_MEASUREMENTS */
#define MEAS_ATTR_SIGNATURE		BIT(0)
#define MEAS_ATTR_RAW			BIT(1)
#define MEAS_ATTR_NEW			BIT(2)
#define MEAS_ALL			0xff
#define MEAS_SLOT_MASK			0x0f
#define GET_MEAS_NONCE			4
#define GET_MEAS_SLOT			36
#define GET_MEAS_SIZE_10		36
#define GET_MEAS_SIZE_11		37
#define CONTEXT_SIZE			8

/* MEASUREMENTS */
#define MEAS_NR_BLOCKS			4
#define MEAS_RECORD_LEN			5
#define MEAS_RECORD			8
#define OPAQUE_LEN_SIZE			2
#define OPAQUE_MAX			1024
#define DW_PADDING_MAX			3

/* Measurement block; the part after BLOCK_HEADER is that of MEAS_SPEC_DMTF */
#define MEAS_SPEC_DMTF			BIT(0)
#define BLOCK_INDEX			0
#define BLOCK_SPEC			1
#define BLOCK_SIZE			2
#define BLOCK_HEADER			4
#define BLOCK_TYPE			4
#define BLOCK_VALUE_SIZE		5
#define BLOCK_VALUE			7
#define BLOCK_VALUE_HEADER		(BLOCK_VALUE - BLOCK_HEADER)

#define INDEX_RESERVED_FIRST		0xf0
#define INDEX_RESERVED_LAST		0xfc

/* By bit in MeasurementHashAlgo, 0 for RawBitStreamOnly */
static const u8 meas_hash_size[] = { 0, 32, 48, 64, 32, 48, 64, 32 };

/* By bit in BaseHashSel: SHA-2, SHA-3, SM3 */
#define BASE_HASH_BITS			7

/* By bit in BaseAsymSel: RSASSA and RSAPSS, ECDSA, SM2, EdDSA */
static const u16 signature_size[] = {
	256, 256, 384, 384, 64, 512, 512, 96, 132, 64, 64, 114,
};

/* What is left to read */
struct cursor {
	const u8 *p;
	size_t left;
};

/* The next @len bytes, or NULL if there are not that many */
static const u8 *take(struct cursor *c, size_t len)
{
	const u8 *p = c->p;

	if (len > c->left)
		return NULL;

	c->p += len;
	c->left -= len;
	return p;
}

/* The next message, at least its first @len bytes, without moving on */
static const u8 *peek(const struct cursor *c, u8 version, u8 code, size_t len)
{
	if (len > c->left || c->p[HEADER_VERSION] != version ||
	    c->p[HEADER_CODE] != code)
		return NULL;

	return c->p;
}

static const u8 *take_message(struct cursor *c, u8 version, u8 code, size_t len)
{
	return peek(c, version, code, len) ? take(c, len) : NULL;
}

/* Is exactly one bit set, and one of the first @nr? */
static bool one_bit(u32 val, unsigned int nr)
{
	return is_power_of_2(val) && ilog2(val) < nr;
}

/* Does VERSION list it? Which of its updates was meant does not matter */
static bool version_listed(const u8 *response, u8 version)
{
	for (unsigned int i = 0; i < response[VERSION_COUNT]; i++) {
		u16 entry = get_unaligned_le16(response + VERSION_ENTRIES +
					       i * sizeof(u16));

		if (entry >> VERSION_ENTRY_SHIFT == version)
			return true;
	}
	return false;
}

/* GET_VERSION, VERSION, and the version of what follows; 0 if malformed */
static u8 parse_version(struct cursor *c)
{
	const u8 *p;
	u8 version;

	if (!take_message(c, SPDM_VERSION_10, SPDM_GET_VERSION, SPDM_HEADER))
		return 0;

	p = peek(c, SPDM_VERSION_10, SPDM_VERSION, VERSION_ENTRIES);
	if (!p || !take(c, VERSION_ENTRIES + p[VERSION_COUNT] * sizeof(u16)))
		return 0;

	if (!c->left)
		return 0;
	version = c->p[HEADER_VERSION];
	if (version < SPDM_VERSION_10 || version > SPDM_VERSION_13 ||
	    !version_listed(p, version))
		return 0;

	return version;
}

static bool parse_capabilities(struct cursor *c, u8 version)
{
	const u8 *request, *response, *block;
	size_t request_len, len;

	len = version >= SPDM_VERSION_12 ? CAPABILITIES_SIZE_12 :
	      CAPABILITIES_SIZE_11;
	request_len = version == SPDM_VERSION_10 ? SPDM_HEADER : len;

	request = take_message(c, version, SPDM_GET_CAPABILITIES, request_len);
	if (!request)
		return false;
	response = take_message(c, version, SPDM_CAPABILITIES, len);
	if (!response)
		return false;

	if (version < SPDM_VERSION_13 ||
	    !(response[HEADER_PARAM1] & CAPABILITIES_ALGORITHMS))
		return true;

	/* The algorithms that the responder supports, if it was asked */
	if (!(request[HEADER_PARAM1] & CAPABILITIES_ALGORITHMS) ||
	    c->left < SUPPORTED_ALGORITHMS_MIN)
		return false;
	block = c->p;
	len = get_unaligned_le16(block + SUPPORTED_ALGORITHMS_LENGTH);

	return len >= SUPPORTED_ALGORITHMS_MIN && take(c, len);
}

/* Do extended algorithms and algorithm tables fill the rest of a message? */
static bool tables_fit(const u8 *p, size_t len, u8 version, unsigned int ext)
{
	/* The number of tables, 0 before there were any */
	unsigned int nr = version >= SPDM_VERSION_11 ? p[HEADER_PARAM1] : 0;
	struct cursor c = { .left = len };

	c.p = p + get_unaligned_le16(p + ALGORITHMS_LENGTH) - len;
	if (!take(&c, ext * EXT_ALGORITHM_SIZE))
		return false;

	for (unsigned int i = 0; i < nr; i++) {
		const u8 *table = take(&c, TABLE_HEADER);

		/* Bits 7:4 count bytes, bits 3:0 extended algorithms */
		if (!table ||
		    !take(&c, (table[TABLE_ALG_COUNT] >> 4) +
			      (table[TABLE_ALG_COUNT] & 0xf) * EXT_ALGORITHM_SIZE))
			return false;
	}
	return !c.left;
}

/* NEGOTIATE_ALGORITHMS or ALGORITHMS, which says how long it is */
static const u8 *take_algorithms(struct cursor *c, u8 version, u8 code,
				 size_t min, size_t ext_count)
{
	const u8 *p = peek(c, version, code, min);
	size_t len;

	if (!p)
		return NULL;
	len = get_unaligned_le16(p + ALGORITHMS_LENGTH);
	if (len < min || !take(c, len) ||
	    !tables_fit(p, len - min, version, p[ext_count] + p[ext_count + 1]))
		return NULL;

	return p;
}

static bool parse_algorithms(struct cursor *c, struct pci_tsm_spdm_vca *vca)
{
	const u8 *request, *response;

	request = take_algorithms(c, vca->version, SPDM_NEGOTIATE_ALGORITHMS,
				  NEGOTIATE_SIZE, NEGOTIATE_EXT_ASYM_COUNT);
	if (!request)
		return false;
	response = take_algorithms(c, vca->version, SPDM_ALGORITHMS,
				   ALGORITHMS_SIZE, ALGORITHMS_EXT_ASYM_COUNT);
	if (!response)
		return false;

	vca->meas_spec = response[ALGORITHMS_MEAS_SPEC];
	vca->meas_hash_algo = get_unaligned_le32(response + ALGORITHMS_MEAS_HASH);
	vca->base_asym_algo = get_unaligned_le32(response + ALGORITHMS_ASYM);
	vca->base_hash_algo = get_unaligned_le32(response + ALGORITHMS_HASH);

	/* Selected is one of each, out of what was on offer, and nothing else */
	return !response[ALGORITHMS_EXT_ASYM_COUNT] &&
	       !response[ALGORITHMS_EXT_ASYM_COUNT + 1] &&
	       vca->meas_spec == MEAS_SPEC_DMTF &&
	       vca->meas_spec & request[NEGOTIATE_MEAS_SPEC] &&
	       one_bit(vca->meas_hash_algo, ARRAY_SIZE(meas_hash_size)) &&
	       one_bit(vca->base_asym_algo, ARRAY_SIZE(signature_size)) &&
	       vca->base_asym_algo & get_unaligned_le32(request + NEGOTIATE_ASYM) &&
	       one_bit(vca->base_hash_algo, BASE_HASH_BITS) &&
	       vca->base_hash_algo & get_unaligned_le32(request + NEGOTIATE_HASH);
}

/**
 * pci_tsm_spdm_parse_vca() - check and decode how a connection was negotiated
 * @buf: GET_VERSION, VERSION, GET_CAPABILITIES, CAPABILITIES,
 *	 NEGOTIATE_ALGORITHMS and ALGORITHMS, and nothing else
 * @len: its size in bytes
 * @vca: the result
 *
 * Context: Any. Takes time in proportion to @len.
 * Return: 0, or -EBADMSG if a message is malformed or missing, or something was
 * selected that does not allow measurements to be understood.
 */
int pci_tsm_spdm_parse_vca(const void *buf, size_t len,
			   struct pci_tsm_spdm_vca *vca)
{
	struct cursor c = { .p = buf, .left = buf ? len : 0 };

	*vca = (struct pci_tsm_spdm_vca) {
		.version = parse_version(&c),
	};
	if (!vca->version || !parse_capabilities(&c, vca->version) ||
	    !parse_algorithms(&c, vca) || c.left)
		return -EBADMSG;

	return 0;
}

/* Signed, all blocks, of a slot. Returns the request and moves on, or NULL */
static const u8 *parse_get_measurements(struct cursor *c, u8 version,
					struct pci_tsm_spdm_meas *meas)
{
	u8 attributes = MEAS_ATTR_SIGNATURE;
	size_t len = GET_MEAS_SIZE_11;
	const u8 *p;

	if (version >= SPDM_VERSION_12)
		attributes |= MEAS_ATTR_RAW;
	if (version >= SPDM_VERSION_13) {
		attributes |= MEAS_ATTR_NEW;
		len += CONTEXT_SIZE;
	}
	if (version == SPDM_VERSION_10)
		len = GET_MEAS_SIZE_10;

	p = take_message(c, version, SPDM_GET_MEASUREMENTS, len);
	if (!p || !(p[HEADER_PARAM1] & MEAS_ATTR_SIGNATURE) ||
	    p[HEADER_PARAM1] & ~attributes || p[HEADER_PARAM2] != MEAS_ALL)
		return NULL;

	meas->nonce = p + GET_MEAS_NONCE;
	if (version >= SPDM_VERSION_11)
		meas->slot = p[GET_MEAS_SLOT] & MEAS_SLOT_MASK;

	return meas->slot < SPDM_SLOTS ? p : NULL;
}

static bool index_valid(u8 index)
{
	return index && index != MEAS_ALL &&
	       (index < INDEX_RESERVED_FIRST || index > INDEX_RESERVED_LAST);
}

static void decode_block(const u8 *p, struct pci_tsm_spdm_block *block)
{
	*block = (struct pci_tsm_spdm_block) {
		.index = p[BLOCK_INDEX],
		.spec = p[BLOCK_SPEC],
		.type = p[BLOCK_TYPE],
		.size = get_unaligned_le16(p + BLOCK_VALUE_SIZE),
		.value = p + BLOCK_VALUE,
	};
}

/* Each block for itself, each index once, and nothing between or after them */
static bool parse_record(const struct pci_tsm_spdm_vca *vca,
			 struct pci_tsm_spdm_meas *meas)
{
	u8 digest_size = meas_hash_size[ilog2(vca->meas_hash_algo)];
	struct cursor c = { .p = meas->record, .left = meas->record_len };
	struct pci_tsm_spdm_block block;

	for (unsigned int i = 0; i < meas->nr_blocks; i++) {
		u32 offset = c.p - meas->record;
		const u8 *p = take(&c, BLOCK_VALUE);

		if (!p)
			return false;
		decode_block(p, &block);
		if (!take(&c, block.size) ||
		    get_unaligned_le16(p + BLOCK_SIZE) !=
		    BLOCK_VALUE_HEADER + block.size)
			return false;

		if (block.spec != vca->meas_spec || !index_valid(block.index) ||
		    meas->offset[block.index])
			return false;
		if (!(block.type & SPDM_MEAS_RAW) &&
		    (!digest_size || block.size != digest_size))
			return false;

		meas->offset[block.index] = offset + 1;
	}
	return !c.left;
}

/* The end of a DOE object is a multiple of a DW */
static bool padding_only(const struct cursor *c)
{
	if (c->left > DW_PADDING_MAX)
		return false;
	for (size_t i = 0; i < c->left; i++)
		if (c->p[i])
			return false;
	return true;
}

static bool parse_measurements(struct cursor *c, const u8 *request,
			       const struct pci_tsm_spdm_vca *vca,
			       struct pci_tsm_spdm_meas *meas)
{
	size_t opaque_len;
	const u8 *p;

	p = take_message(c, vca->version, SPDM_MEASUREMENTS, MEAS_RECORD);
	if (!p)
		return false;
	/* Bits 5:4 may say whether anything changed, that is the verifier's */
	if (vca->version >= SPDM_VERSION_11 &&
	    (p[HEADER_PARAM2] & MEAS_SLOT_MASK) != meas->slot)
		return false;

	meas->nr_blocks = p[MEAS_NR_BLOCKS];
	meas->record_len = get_unaligned_le24(p + MEAS_RECORD_LEN);
	meas->record = take(c, meas->record_len);
	if (!meas->record || !meas->nr_blocks || !parse_record(vca, meas))
		return false;

	if (!take(c, SPDM_NONCE_SIZE))
		return false;
	p = take(c, OPAQUE_LEN_SIZE);
	if (!p)
		return false;
	opaque_len = get_unaligned_le16(p);
	if (opaque_len > OPAQUE_MAX || !take(c, opaque_len))
		return false;

	if (vca->version >= SPDM_VERSION_13) {
		p = take(c, CONTEXT_SIZE);
		if (!p || memcmp(p, request + GET_MEAS_SIZE_11, CONTEXT_SIZE))
			return false;
	}

	return take(c, signature_size[ilog2(vca->base_asym_algo)]) &&
	       padding_only(c);
}

/**
 * pci_tsm_spdm_parse_meas() - check and decode signed measurements
 * @buf: GET_MEASUREMENTS and its MEASUREMENTS. Up to 3 bytes of zeros may follow,
 *	 the padding of a DOE object.
 * @len: its size in bytes
 * @vca: the connection they are of
 * @meas: the result, refers to @buf
 *
 * The request must be a signed one for all blocks. The signature is located, not
 * verified.
 *
 * Context: Any. Takes time in proportion to @len.
 * Return: 0, or -EBADMSG if they are malformed, ambiguous or not of such a
 * connection.
 */
int pci_tsm_spdm_parse_meas(const void *buf, size_t len,
			    const struct pci_tsm_spdm_vca *vca,
			    struct pci_tsm_spdm_meas *meas)
{
	struct cursor c = { .p = buf, .left = buf ? len : 0 };
	const u8 *request;

	memset(meas, 0, sizeof(*meas));

	if (!one_bit(vca->meas_hash_algo, ARRAY_SIZE(meas_hash_size)) ||
	    !one_bit(vca->base_asym_algo, ARRAY_SIZE(signature_size)))
		return -EBADMSG;

	request = parse_get_measurements(&c, vca->version, meas);
	if (!request || !parse_measurements(&c, request, vca, meas))
		return -EBADMSG;

	return 0;
}

/**
 * pci_tsm_spdm_block() - find a measurement block
 * @meas: measurements that were parsed
 * @index: its Index
 * @block: the result, refers to the buffer that was parsed
 *
 * Context: Any.
 * Return: true, or false if there is no such block.
 */
bool pci_tsm_spdm_block(const struct pci_tsm_spdm_meas *meas, u8 index,
			struct pci_tsm_spdm_block *block)
{
	if (!meas->offset[index])
		return false;

	decode_block(meas->record + meas->offset[index] - 1, block);
	return true;
}

/* X.690: SEQUENCE, and the definite form of a length in as few bytes as it takes */
#define DER_SEQUENCE			0x30
#define DER_LONG_FORM			BIT(7)
#define DER_LENGTH_BYTES_MAX		4

/* A SEQUENCE in DER, of which @body is what is in it */
static bool take_sequence(struct cursor *c, struct cursor *body)
{
	const u8 *p = take(c, 2);
	size_t len;
	u8 bytes;

	if (!p || p[0] != DER_SEQUENCE)
		return false;

	len = p[1];
	if (len & DER_LONG_FORM) {
		bytes = len & ~DER_LONG_FORM;
		if (!bytes || bytes > DER_LENGTH_BYTES_MAX)
			return false;
		p = take(c, bytes);
		if (!p || !p[0])
			return false;
		len = 0;
		for (u8 i = 0; i < bytes; i++)
			len = len << 8 | p[i];
		if (len < DER_LONG_FORM)
			return false;
	}

	body->p = take(c, len);
	body->left = len;
	return body->p;
}

/**
 * pci_tsm_spdm_check_chain() - check the framing of a certificate chain
 * @buf: X.509 certificates in DER, the root certificate first
 * @len: their size in bytes
 *
 * What is in the certificates, and who signed them, is the verifier's business.
 *
 * Context: Any. Takes time in proportion to @len.
 * Return: 0, or -EBADMSG if @buf is anything else than one or more certificates
 * one behind the other.
 */
int pci_tsm_spdm_check_chain(const void *buf, size_t len)
{
	struct cursor c = { .p = buf, .left = buf ? len : 0 };
	struct cursor certificate, tbs;

	do {
		/* A certificate is a SEQUENCE that begins with another one */
		if (!take_sequence(&c, &certificate) ||
		    !take_sequence(&certificate, &tbs))
			return -EBADMSG;
	} while (c.left);

	return 0;
}
