/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parsers of SPDM evidence (DMTF DSP0274, versions 1.0 to 1.3): the messages that
 * negotiate a connection, signed measurements, and the framing of a certificate
 * chain. Need nothing of the kernel but types, so that they can be built for
 * userspace too.
 */
#ifndef __PCI_TSM_SPDM_H
#define __PCI_TSM_SPDM_H

#include <linux/bits.h>
#include <linux/types.h>

#define SPDM_VERSION_10		0x10
#define SPDM_VERSION_11		0x11
#define SPDM_VERSION_12		0x12
#define SPDM_VERSION_13		0x13

#define SPDM_NONCE_SIZE		32
#define SPDM_SLOTS		8

/* &pci_tsm_spdm_block.type */
#define SPDM_MEAS_RAW		BIT(7)

/**
 * struct pci_tsm_spdm_vca - what a connection negotiated
 * @version: SPDM version, 0x10 to 0x13
 * @meas_spec: MeasurementSpecificationSel
 * @meas_hash_algo: MeasurementHashAlgo
 * @base_asym_algo: BaseAsymSel
 * @base_hash_algo: BaseHashSel
 *
 * One bit is set in each selection.
 */
struct pci_tsm_spdm_vca {
	u8 version;
	u8 meas_spec;
	u32 meas_hash_algo;
	u32 base_asym_algo;
	u32 base_hash_algo;
};

/**
 * struct pci_tsm_spdm_block - a measurement block
 * @index: Index
 * @spec: MeasurementSpecification
 * @type: DMTFSpecMeasurementValueType, with %SPDM_MEAS_RAW
 * @size: DMTFSpecMeasurementValueSize
 * @value: DMTFSpecMeasurementValue
 */
struct pci_tsm_spdm_block {
	u8 index;
	u8 spec;
	u8 type;
	u16 size;
	const u8 *value;
};

/**
 * struct pci_tsm_spdm_meas - signed measurements
 * @slot: certificate slot whose key signed
 * @nonce: the requester's nonce
 * @nr_blocks: number of measurement blocks
 * @offset: by index, where in @record its block is, plus 1; 0 if there is none
 * @record: MeasurementRecord
 * @record_len: MeasurementRecordLength
 *
 * Refers to the buffer that was parsed.
 */
struct pci_tsm_spdm_meas {
	u8 slot;
	const u8 *nonce;
	unsigned int nr_blocks;
	u32 offset[256];
	const u8 *record;
	u32 record_len;
};

int pci_tsm_spdm_parse_vca(const void *buf, size_t len,
			   struct pci_tsm_spdm_vca *vca);
int pci_tsm_spdm_parse_meas(const void *buf, size_t len,
			    const struct pci_tsm_spdm_vca *vca,
			    struct pci_tsm_spdm_meas *meas);
bool pci_tsm_spdm_block(const struct pci_tsm_spdm_meas *meas, u8 index,
			struct pci_tsm_spdm_block *block);
int pci_tsm_spdm_check_chain(const void *buf, size_t len);

#endif /* __PCI_TSM_SPDM_H */
