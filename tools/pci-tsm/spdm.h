/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parser of SPDM messages, DMTF DSP0274, versions 1.0 to 1.3: how a connection was
 * negotiated, and signed measurements. Knows bytes only.
 */

#ifndef PCITSM_SPDM_H
#define PCITSM_SPDM_H

#include "parse.h"

#define SPDM_VERSION_10		0x10
#define SPDM_VERSION_11		0x11
#define SPDM_VERSION_12		0x12
#define SPDM_VERSION_13		0x13

#define SPDM_NONCE_SIZE		32

/* BaseAsymSel */
#define SPDM_RSASSA_2048	0x001
#define SPDM_RSAPSS_2048	0x002
#define SPDM_RSASSA_3072	0x004
#define SPDM_RSAPSS_3072	0x008
#define SPDM_ECDSA_P256		0x010
#define SPDM_RSASSA_4096	0x020
#define SPDM_RSAPSS_4096	0x040
#define SPDM_ECDSA_P384		0x080
#define SPDM_ECDSA_P521		0x100

/* BaseHashSel */
#define SPDM_SHA_256		0x01
#define SPDM_SHA_384		0x02
#define SPDM_SHA_512		0x04
#define SPDM_SHA3_256		0x08
#define SPDM_SHA3_384		0x10
#define SPDM_SHA3_512		0x20

/* DMTFSpecMeasurementValueType */
#define SPDM_TYPE_RAW		0x80
#define SPDM_TYPE_MASK		0x7f
#define SPDM_TYPE_DEVICE_MODE	5
#define SPDM_TYPE_SVN		7
#define SPDM_TYPE_INFORMATIONAL	9

/* The Index that DSP0274 gives the device mode */
#define SPDM_INDEX_DEVICE_MODE	0xfe

/**
 * struct spdm_connection - what was negotiated
 * @version: 0x10 to 0x13
 * @known: the algorithms are known: there was a VCA. If not, only @version is.
 * @meas_spec: MeasurementSpecificationSel
 * @meas_hash: MeasurementHashAlgo, one bit
 * @base_asym: BaseAsymSel, one bit
 * @base_hash: BaseHashSel, one bit
 * @fresh: MEAS_FRESH_CAP: measurements are taken anew, not those of the last reset
 */
struct spdm_connection {
	uint8_t version;
	bool known;
	uint8_t meas_spec;
	uint32_t meas_hash;
	uint32_t base_asym;
	uint32_t base_hash;
	bool fresh;
};

/**
 * struct spdm_block - a measurement block
 * @index: Index, not reserved
 * @spec: MeasurementSpecification
 * @type: DMTFSpecMeasurementValueType, with SPDM_TYPE_RAW
 * @size: of the value
 * @value: points into the message; NULL: no such block
 */
struct spdm_block {
	uint8_t index;
	uint8_t spec;
	uint8_t type;
	uint16_t size;
	const uint8_t *value;
};

/**
 * struct spdm_measurements - signed measurements
 * @slot: the certificate slot whose key signed
 * @nonce: the requester's, SPDM_NONCE_SIZE bytes
 * @nr_blocks: how many blocks
 * @block: by Index
 * @changed: the device says that something changed while it was measured
 * @signed_size: how many bytes of the object, from its start, the signature is over
 * @signature: begins there
 * @signature_size: its size
 *
 * Points into the object that was parsed.
 */
struct spdm_measurements {
	uint8_t slot;
	const uint8_t *nonce;
	unsigned int nr_blocks;
	struct spdm_block block[256];
	bool changed;
	size_t signed_size;
	const uint8_t *signature;
	size_t signature_size;
};

/**
 * spdm_parse_vca() - take apart how a connection was negotiated
 * @vca: six messages, and nothing else
 * @connection: the result
 * @why: why it was refused
 *
 * Return: 0, or -EBADMSG.
 */
int spdm_parse_vca(const struct bytes *vca, struct spdm_connection *connection,
		   struct why *why);

/**
 * spdm_parse_version() - the version alone, for evidence without a VCA
 * @measurements: GET_MEASUREMENTS, MEASUREMENTS
 * @connection: the result: @connection->known is false
 * @why: why it was refused: from SPDM 1.2 on the VCA is part of what is signed
 *
 * Return: 0, or -EBADMSG.
 */
int spdm_parse_version(const struct bytes *measurements, struct spdm_connection *connection,
		       struct why *why);

/**
 * spdm_parse_request() - find the nonce and the slot in GET_MEASUREMENTS
 * @measurements: GET_MEASUREMENTS, MEASUREMENTS
 * @connection: the connection
 * @result: @result->slot and @result->nonce are filled in
 * @why: why it was refused
 *
 * Return: 0, or -EBADMSG.
 */
int spdm_parse_request(const struct bytes *measurements,
		       const struct spdm_connection *connection,
		       struct spdm_measurements *result, struct why *why);

/**
 * spdm_parse_measurements() - take apart signed measurements
 * @measurements: GET_MEASUREMENTS, MEASUREMENTS; up to three zero bytes may follow
 * @connection: the connection
 * @signature_size: of the device's key; if @connection->known, 0 will do
 * @result: the result
 * @why: why it was refused
 *
 * The request must be for all blocks and a signature.
 * Return: 0, or -EBADMSG.
 */
int spdm_parse_measurements(const struct bytes *measurements,
			    const struct spdm_connection *connection, size_t signature_size,
			    struct spdm_measurements *result, struct why *why);

/* Size of a signature in bytes, 0 if the algorithm is not one that is known here */
size_t spdm_signature_size(uint32_t base_asym);

#endif /* PCITSM_SPDM_H */
