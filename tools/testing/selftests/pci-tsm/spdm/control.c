// SPDX-License-Identifier: GPL-2.0
/*
 * Control for tests: change what the device is, or have it misbehave
 */
#include <string.h>

#include "responder.h"
#include "util.h"

static bool change(struct device *device, uint8_t index, uint8_t by)
{
	struct block *block = blocks_find(&device->blocks, index);

	if (!block || !by)
		return false;
	block->change ^= by;
	return true;
}

static bool change_once(struct device *device, uint8_t index, uint16_t value)
{
	struct faults *faults = &device->faults;

	if (!blocks_find(&device->blocks, index) || !(value & 0xff))
		return false;
	faults->once_index = index;
	faults->once_change = value & 0xff;
	faults->once = value >> 8 ? value >> 8 : 1;
	return true;
}

static bool select_chain(struct device *device, uint8_t which)
{
	if (which > 1 || (which && !device->reissued.size))
		return false;
	device->faults.reissued = which;
	return true;
}

static bool original(struct device *device)
{
	memset(&device->faults, 0, sizeof(device->faults));
	for (unsigned int i = 0; i < device->blocks.count; i++)
		device->blocks.block[i].change = 0;
	return true;
}

static bool carry_out(struct device *device, uint8_t command, uint8_t argument, uint16_t value)
{
	struct faults *faults = &device->faults;

	switch (command) {
	case CONTROL_CHANGE:
		return change(device, argument, value & 0xff);
	case CONTROL_ORIGINAL:
		return original(device);
	case CONTROL_CHANGE_ONCE:
		return change_once(device, argument, value);
	case CONTROL_CHAIN:
		return select_chain(device, argument);
	case CONTROL_BAD_SIGNATURE:
		faults->bad_signature = value;
		return true;
	case CONTROL_BUSY:
		faults->busy = value;
		return true;
	case CONTROL_NOT_READY:
		faults->not_ready = value ? value : 1;
		return true;
	case CONTROL_DELAY:
		faults->delay_ms = value;
		return true;
	default:
		return false;
	}
}

uint8_t control(struct device *device, const struct request *request, struct reply *reply)
{
	const uint8_t *data = request->data;
	const uint8_t *payload = data + CONTROL_HEADER_SIZE;
	bool done;

	if (request->size < CONTROL_HEADER_SIZE)
		return SPDM_ERROR_INVALID_REQUEST;
	if (le_get(data + 4, 2) != SPDM_REGISTRY_PCISIG || data[6] != 2 ||
	    le_get(data + 7, 2) != CONTROL_VENDOR_ID)
		return SPDM_ERROR_UNSUPPORTED_REQUEST;
	if (!request_is(request, CONTROL_HEADER_SIZE + CONTROL_PAYLOAD_SIZE) ||
	    le_get(data + 9, 2) != CONTROL_PAYLOAD_SIZE)
		return SPDM_ERROR_INVALID_REQUEST;

	done = carry_out(device, payload[0], payload[1], le_get(payload + 2, 2));
	reply_start(reply, request->version, SPDM_VENDOR_DEFINED_RESPONSE, 0, 0);
	reply_bytes(reply, data + 4, 5);
	reply_number(reply, 2, 1);
	reply_number(reply, 1, done ? CONTROL_DONE : CONTROL_REFUSED);
	return 0;
}
