// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: SPDM requester (DSP0274 1.1 to 1.3) over a DOE mailbox
 *
 * What a host needs of SPDM to collect evidence: it takes the messages apart just
 * as far as to find their ends. Whether signatures, certificates and measurements
 * are any good, and whether they belong to this device, is the verifier's business.
 */
#include "doe.h"
#include "spdm.h"

#define SPDM_VERSION_1_0		0x10	/* GET_VERSION has always this */
#define SPDM_VERSION_1_1		0x11
#define SPDM_VERSION_1_2		0x12
#define SPDM_VERSION_1_3		0x13

#define SPDM_GET_DIGESTS		0x81
#define SPDM_GET_CERTIFICATE		0x82
#define SPDM_GET_VERSION		0x84
#define SPDM_GET_MEASUREMENTS		0xe0
#define SPDM_GET_CAPABILITIES		0xe1
#define SPDM_NEGOTIATE_ALGORITHMS	0xe3
#define SPDM_VENDOR_DEFINED_REQUEST	0xfe
#define SPDM_RESPOND_IF_READY		0xff
/* The response to a request has its code with bit 7 clear */
#define SPDM_RESPONSE(code)		((code) & 0x7f)
#define SPDM_ERROR			0x7f

#define SPDM_ERROR_BUSY			0x03
#define SPDM_ERROR_RESPONSE_NOT_READY	0x42

#define SPDM_CAP_CERT			BIT(1)
#define SPDM_CAP_MEAS			(3 << 3)
#define SPDM_CAP_MEAS_SIG		(2 << 3)

#define SPDM_MEAS_SPEC_DMTF		0x01
#define SPDM_OPAQUE_DATA_FMT1		0x02
/* Base algorithms: 1.2 added SM2, EdDSA and SM3 */
#define SPDM_ASYM_1_1			0x01ffU
#define SPDM_ASYM_1_2			0x0fffU
#define SPDM_HASH_1_1			0x3fU
#define SPDM_HASH_1_2			0x7fU

#define SPDM_MEAS_SIGNED		0x01
#define SPDM_MEAS_ALL			0xff
#define SPDM_MEAS_CONTEXT_SIZE		8	/* 1.3 */

#define SPDM_STANDARD_PCI_SIG		3
#define CONTROL_VENDOR_ID		0x7e57	/* nobody's, as that of the fault port */
#define CONTROL_DONE			0

#define TRIES_MAX			20
#define BUSY_WAIT_US			10000
#define RDT_EXPONENT_MAX		21	/* 2 s */
#define REQUEST_MAX			48

struct request {
	u32 len;
	u8 data[REQUEST_MAX];
};

struct response {
	u32 len;
	u8 data[DOE_PAYLOAD_MAX];
};

/* The monitor lock is held: there is one response at a time */
static struct response rsp;

static u32 get16(const u8 *p)
{
	return p[0] | p[1] << 8;
}

static u32 get24(const u8 *p)
{
	return get16(p) | (u32)p[2] << 16;
}

static u32 get32(const u8 *p)
{
	return get16(p) | get16(p + 2) << 16;
}

static void put16(u8 *p, u32 val)
{
	p[0] = val;
	p[1] = val >> 8;
}

static void put32(u8 *p, u32 val)
{
	put16(p, val);
	put16(p + 2, val >> 16);
}

static struct request new_request(const struct spdm *spdm, u8 code, u32 len)
{
	struct request req = { .len = len };

	req.data[0] = spdm->version;
	req.data[1] = code;
	return req;
}

static bool complain(const struct spdm *spdm, u8 code, const char *what)
{
	mon_log("%04x: SPDM request 0x%02x: %s", spdm->rid, code, what);
	return false;
}

/* Either gives the request to come back with, or says that there is no use */
static bool come_back(const struct spdm *spdm, const struct request *req,
		      struct request *next)
{
	switch (rsp.data[2]) {
	case SPDM_ERROR_BUSY:
		wait_us(BUSY_WAIT_US);
		return true;
	case SPDM_ERROR_RESPONSE_NOT_READY:
		if (rsp.len < 8 || rsp.data[4] > RDT_EXPONENT_MAX ||
		    rsp.data[5] != req->data[1])
			return false;
		*next = new_request(spdm, SPDM_RESPOND_IF_READY, 4);
		next->data[2] = req->data[1];
		next->data[3] = rsp.data[6];
		wait_us(1ULL << rsp.data[4]);
		return true;
	default:
		return false;
	}
}

/* Leaves the response in @rsp; its length is still that of the DOE object */
static bool transact(const struct spdm *spdm, const struct request *req)
{
	struct request next = *req;
	u8 code = req->data[1];

	/* It would have to be sent in chunks */
	if (req->len > spdm->request_max)
		return complain(spdm, code, "too long for it");
	for (unsigned int i = 0; i < TRIES_MAX; i++) {
		if (!doe_exchange(spdm->rid, spdm->doe, DOE_TYPE_CMA_SPDM,
				  next.data, next.len, rsp.data, &rsp.len))
			return complain(spdm, code, "no response");
		if (rsp.len < 4)
			return complain(spdm, code, "short response");
		if (rsp.data[1] == SPDM_RESPONSE(code)) {
			if (rsp.data[0] != req->data[0])
				return complain(spdm, code, "other version");
			return true;
		}
		if (rsp.data[1] != SPDM_ERROR)
			return complain(spdm, code, "other response");
		mon_log("%04x: SPDM request 0x%02x: error 0x%02x data 0x%02x",
			spdm->rid, code, rsp.data[2], rsp.data[3]);
		if (!come_back(spdm, req, &next))
			return false;
	}
	return complain(spdm, code, "never ready");
}

/* The response ends after @len bytes; DOE fills up to a dword */
static bool ends_at(const struct spdm *spdm, u32 len)
{
	if (len > rsp.len || rsp.len - len > 3)
		return complain(spdm, rsp.data[1], "response of another length");
	rsp.len = len;
	return true;
}

static bool keep(struct blob *blob, const struct request *req)
{
	return blob_append(blob, req->data, req->len) &&
	       blob_append(blob, rsp.data, rsp.len);
}

static bool is_one_of(u32 bit, u32 mask)
{
	return bit && !(bit & (bit - 1)) && bit & mask;
}

static u32 size_of_signature(u32 asym)
{
	/* RSA-2048, 3072, P-256, RSA-4096, P-384, P-521, SM2, Ed25519, Ed448 */
	static const u16 size[] = {
		256, 256, 384, 384, 64, 512, 512, 96, 132, 64, 64, 114,
	};

	return size[__builtin_ctz(asym)];
}

static u32 size_of_hash(u32 hash)
{
	/* SHA-2 of 256, 384, 512 bits, SHA-3 likewise, SM3 */
	static const u8 size[] = { 32, 48, 64, 32, 48, 64, 32 };

	return size[__builtin_ctz(hash)];
}

static bool get_version(struct spdm *spdm, struct blob *vca)
{
	struct request req = new_request(spdm, SPDM_GET_VERSION, 4);
	u8 best = 0;
	u32 count;

	req.data[0] = SPDM_VERSION_1_0;
	if (!transact(spdm, &req) || rsp.len < 6)
		return false;
	/* This is the end of the connection before */
	spdm->version = 0;
	count = rsp.data[5];
	if (!ends_at(spdm, 6 + 2 * count) || !keep(vca, &req))
		return false;
	for (u32 i = 0; i < count; i++) {
		u32 entry = get16(&rsp.data[6 + 2 * i]);
		u8 version = entry >> 8;

		/* Bits 3:0 say that it is a draft */
		if (!(entry & 0xf) && version >= SPDM_VERSION_1_1 &&
		    version <= SPDM_VERSION_1_3 && version > best)
			best = version;
	}
	if (!best)
		return complain(spdm, SPDM_GET_VERSION, "no common version");
	spdm->version = best;
	return true;
}

static bool get_capabilities(struct spdm *spdm, struct blob *vca)
{
	bool sizes = spdm->version >= SPDM_VERSION_1_2;
	struct request req = new_request(spdm, SPDM_GET_CAPABILITIES,
					 sizes ? 20 : 12);
	u32 flags;

	/* As a requester that authenticates nobody's requests: no flag is set */
	if (sizes) {
		put32(&req.data[12], DOE_PAYLOAD_MAX);
		put32(&req.data[16], DOE_PAYLOAD_MAX);
	}
	if (!transact(spdm, &req) || !ends_at(spdm, req.len) || !keep(vca, &req))
		return false;
	flags = get32(&rsp.data[8]);
	if (!(flags & SPDM_CAP_CERT) ||
	    (flags & SPDM_CAP_MEAS) != SPDM_CAP_MEAS_SIG)
		return complain(spdm, SPDM_GET_CAPABILITIES,
				"no certificate or no signed measurements");
	if (sizes)
		spdm->request_max = get32(&rsp.data[12]);
	return true;
}

static bool negotiate_algorithms(struct spdm *spdm, struct blob *vca)
{
	bool later = spdm->version >= SPDM_VERSION_1_2;
	struct request req = new_request(spdm, SPDM_NEGOTIATE_ALGORITHMS, 32);
	u32 asym_offer = later ? SPDM_ASYM_1_2 : SPDM_ASYM_1_1;
	u32 hash_offer = later ? SPDM_HASH_1_2 : SPDM_HASH_1_1;
	u32 asym, hash;

	put16(&req.data[4], req.len);
	req.data[6] = SPDM_MEAS_SPEC_DMTF;
	if (later)
		req.data[7] = SPDM_OPAQUE_DATA_FMT1;
	put32(&req.data[8], asym_offer);
	put32(&req.data[12], hash_offer);
	if (!transact(spdm, &req) || rsp.len < 36 ||
	    !ends_at(spdm, get16(&rsp.data[4])) || rsp.len < 36 ||
	    !keep(vca, &req))
		return false;
	asym = get32(&rsp.data[12]);
	hash = get32(&rsp.data[16]);
	if (rsp.data[6] != SPDM_MEAS_SPEC_DMTF || !is_one_of(asym, asym_offer) ||
	    !is_one_of(hash, hash_offer))
		return complain(spdm, SPDM_NEGOTIATE_ALGORITHMS,
				"no common algorithms");
	spdm->signature_size = size_of_signature(asym);
	spdm->hash_size = size_of_hash(hash);
	mon_log("%04x: SPDM %u.%u, asymmetric 0x%x, hash 0x%x, measurement hash 0x%x",
		spdm->rid, spdm->version >> 4, spdm->version & 0xf, asym, hash,
		get32(&rsp.data[8]));
	return true;
}

/**
 * spdm_connect - make a connection, which ends any before it
 * @spdm: the connection; its rid is set
 * @vca: gets the messages from GET_VERSION to ALGORITHMS
 *
 * Context: monitor lock held.
 * Return: false if that does not work out
 */
bool spdm_connect(struct spdm *spdm, struct blob *vca)
{
	vca->len = 0;
	spdm->request_max = REQUEST_MAX;
	spdm->doe = doe_find(spdm->rid, DOE_TYPE_CMA_SPDM);
	if (!spdm->doe) {
		mon_log("%04x: no DOE mailbox for SPDM", spdm->rid);
		return false;
	}
	if (!get_version(spdm, vca))
		return false;
	if (get_capabilities(spdm, vca) && negotiate_algorithms(spdm, vca))
		return true;
	spdm->version = 0;
	return false;
}

/* The first slot that holds a chain */
static bool find_slot(struct spdm *spdm)
{
	struct request req = new_request(spdm, SPDM_GET_DIGESTS, 4);
	u32 mask, count = 0;

	if (!transact(spdm, &req))
		return false;
	mask = rsp.data[3];
	for (u32 i = 0; i < 8; i++)
		count += mask >> i & 1;
	if (!count)
		return complain(spdm, SPDM_GET_DIGESTS, "no certificate chain");
	spdm->slot = __builtin_ctz(mask);
	return ends_at(spdm, 4 + count * spdm->hash_size);
}

/* Sets @rest to how much is to come after this portion */
static bool get_portion(const struct spdm *spdm, struct blob *chain, u32 want,
			u32 *rest)
{
	struct request req = new_request(spdm, SPDM_GET_CERTIFICATE, 8);
	u32 portion;

	req.data[2] = spdm->slot;
	put16(&req.data[4], chain->len);
	put16(&req.data[6], want);
	if (!transact(spdm, &req) || rsp.len < 8)
		return false;
	portion = get16(&rsp.data[4]);
	*rest = get16(&rsp.data[6]);
	if ((rsp.data[2] & 0xf) != spdm->slot || !portion || portion > want ||
	    !ends_at(spdm, 8 + portion) ||
	    !blob_append(chain, rsp.data + 8, portion))
		return complain(spdm, SPDM_GET_CERTIFICATE, "bad portion");
	return true;
}

/**
 * spdm_get_chain - read the certificates of the slot in use
 * @spdm: the connection
 * @chain: gets the certificates, DER, without the header before them
 *
 * Context: monitor lock held.
 * Return: false if that does not work out
 */
bool spdm_get_chain(struct spdm *spdm, struct blob *chain)
{
	u32 want = DOE_PAYLOAD_MAX - 8, total = 0, portions = 0, rest, header;

	chain->len = 0;
	if (!find_slot(spdm))
		return false;
	do {
		if (!get_portion(spdm, chain, want, &rest))
			return false;
		if (!portions++)
			total = chain->len + rest;
		/* So that each portion brings it nearer to its end */
		if (chain->len + rest != total || total > 0xffff)
			return complain(spdm, SPDM_GET_CERTIFICATE,
					"a chain that changes its length");
		want = min(want, rest);
	} while (rest);

	/* Length, reserved, hash of the root */
	header = 4 + spdm->hash_size;
	if (chain->len <= header || get16(chain->data) != chain->len)
		return complain(spdm, SPDM_GET_CERTIFICATE,
				"a chain with another length");
	chain->len -= header;
	for (u32 i = 0; i < chain->len; i++)
		chain->data[i] = chain->data[i + header];
	mon_log("%04x: SPDM slot %u, %u bytes of certificates in %u portions",
		spdm->rid, spdm->slot, chain->len, portions);
	return true;
}

/* Where the MEASUREMENTS response in @rsp ends, 0 if that cannot be told */
static u32 measurements_end(const struct spdm *spdm)
{
	u32 pos = 8;

	if (rsp.len < pos)
		return 0;
	/* Record, nonce, length of the opaque data */
	pos += get24(&rsp.data[5]) + SPDM_NONCE_SIZE + 2;
	if (pos > rsp.len)
		return 0;
	pos += get16(&rsp.data[pos - 2]);
	if (spdm->version >= SPDM_VERSION_1_3)
		pos += SPDM_MEAS_CONTEXT_SIZE;
	return pos + spdm->signature_size;
}

/**
 * spdm_get_measurements - all measurements, signed
 * @spdm: the connection
 * @nonce: goes into the request
 * @out: gets request and response
 *
 * Context: monitor lock held.
 * Return: false if that does not work out
 */
bool spdm_get_measurements(struct spdm *spdm, const u8 nonce[SPDM_NONCE_SIZE],
			   struct blob *out)
{
	bool context = spdm->version >= SPDM_VERSION_1_3;
	struct request req = new_request(spdm, SPDM_GET_MEASUREMENTS,
					 context ? 45 : 37);

	if (!spdm->version)
		return false;
	out->len = 0;
	req.data[2] = SPDM_MEAS_SIGNED;
	req.data[3] = SPDM_MEAS_ALL;
	memcpy(&req.data[4], nonce, SPDM_NONCE_SIZE);
	req.data[36] = spdm->slot;
	if (context) {
		u64 random = random_u64();

		memcpy(&req.data[37], &random, SPDM_MEAS_CONTEXT_SIZE);
	}
	if (!transact(spdm, &req) || !ends_at(spdm, measurements_end(spdm)) ||
	    !keep(out, &req))
		return false;
	mon_log("%04x: SPDM %u measurements, %u bytes", spdm->rid, rsp.data[4],
		rsp.len);
	return true;
}

/**
 * spdm_control - tell the test bed's own responder what to do
 * @spdm: the connection; if there is none, one is made
 * @control: command (bits 7:0), argument (15:8) and value (31:16)
 *
 * Context: monitor lock held.
 * Return: false if it refuses, or does not know what this is
 */
bool spdm_control(struct spdm *spdm, u32 control)
{
	static struct blob vca;
	struct request req;

	if (!spdm->version && !spdm_connect(spdm, &vca))
		return false;
	/* Standard and vendor, then the length of the payload */
	req = new_request(spdm, SPDM_VENDOR_DEFINED_REQUEST, 15);
	put16(&req.data[4], SPDM_STANDARD_PCI_SIG);
	req.data[6] = 2;
	put16(&req.data[7], CONTROL_VENDOR_ID);
	put16(&req.data[9], 4);
	put32(&req.data[11], control);
	if (!transact(spdm, &req) || !ends_at(spdm, 12))
		return false;
	return get16(&rsp.data[4]) == SPDM_STANDARD_PCI_SIG &&
	       rsp.data[6] == 2 && get16(&rsp.data[7]) == CONTROL_VENDOR_ID &&
	       get16(&rsp.data[9]) == 1 && rsp.data[11] == CONTROL_DONE;
}
