/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor: SPDM requester
 */
#ifndef SPDM_H
#define SPDM_H

#include "blob.h"
#include "monitor.h"

#define SPDM_NONCE_SIZE		32

/**
 * struct spdm - the connection to a DSM
 * @rid: function whose mailbox leads there
 * @doe: its DOE capability
 * @version: as in SPDM messages, 0x11 to 0x13; 0 if there is no connection
 * @request_max: the largest request that the DSM takes
 * @slot: the certificate slot in use
 * @hash_size: of the negotiated base hash algorithm
 * @signature_size: of the negotiated base asymmetric algorithm
 */
struct spdm {
	u16 rid;
	unsigned int doe;
	u8 version;
	u32 request_max;
	u8 slot;
	u32 hash_size;
	u32 signature_size;
};

bool spdm_connect(struct spdm *spdm, struct blob *vca);
bool spdm_get_chain(struct spdm *spdm, struct blob *chain);
bool spdm_get_measurements(struct spdm *spdm, const u8 nonce[SPDM_NONCE_SIZE],
			   struct blob *out);
bool spdm_control(struct spdm *spdm, u32 control);

#endif /* SPDM_H */
