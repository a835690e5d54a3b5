// SPDX-License-Identifier: GPL-2.0
/*
 * GET_DIGESTS, GET_CERTIFICATE
 */
#include "responder.h"
#include "util.h"

static const struct chain *current_chain(const struct device *device)
{
	return device->faults.reissued ? &device->reissued : &device->chain;
}

uint8_t get_digests(struct device *device, const struct request *request, struct reply *reply)
{
	uint8_t slots = 1 << device->options.slot;

	if (!request_is(request, SPDM_HEADER_SIZE))
		return SPDM_ERROR_INVALID_REQUEST;
	/* Slots that are supported are told from 1.3 on, slots with a chain always */
	reply_start(reply, request->version, SPDM_DIGESTS,
		    request->version >= SPDM_1_3 ? slots : 0, slots);
	reply_bytes(reply, current_chain(device)->digest, device->crypto.alg->hash_size);
	return 0;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

uint8_t get_certificate(struct device *device, const struct request *request,
			struct reply *reply)
{
	const struct chain *chain = current_chain(device);
	uint8_t slot = request->param1 & SPDM_SLOT_MASK;
	size_t offset, portion;

	if (!request_is(request, SPDM_GET_CERTIFICATE_SIZE) || slot != device->options.slot)
		return SPDM_ERROR_INVALID_REQUEST;
	if (request->version >= SPDM_1_3 && request->param2 & SPDM_SLOT_SIZE_REQUESTED) {
		reply_start(reply, request->version, SPDM_CERTIFICATE, slot, 0);
		reply_number(reply, 2, 0);
		reply_number(reply, 2, chain->size);
		return 0;
	}
	offset = le_get(request->data + 4, 2);
	portion = le_get(request->data + 6, 2);
	if (offset >= chain->size || !portion)
		return SPDM_ERROR_INVALID_REQUEST;

	portion = smaller(portion, chain->size - offset);
	portion = smaller(portion, device->conn.message_max - SPDM_CERTIFICATE_SIZE);
	if (device->options.portion)
		portion = smaller(portion, device->options.portion);
	reply_start(reply, request->version, SPDM_CERTIFICATE, slot, 0);
	reply_number(reply, 2, portion);
	reply_number(reply, 2, chain->size - offset - portion);
	reply_bytes(reply, chain->data + offset, portion);
	return 0;
}
