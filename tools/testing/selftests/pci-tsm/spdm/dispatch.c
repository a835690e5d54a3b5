// SPDX-License-Identifier: GPL-2.0
/*
 * Messages: what is legal when, errors, and what resets the measurement transcript
 */
#include <stdio.h>
#include <string.h>

#include "responder.h"
#include "util.h"

static const struct handler {
	uint8_t code;
	const char *name;
	enum state first, last;
	uint8_t (*handle)(struct device *device, const struct request *request,
			  struct reply *reply);
} handlers[] = {
	{ SPDM_GET_VERSION, "GET_VERSION", STATE_NONE, STATE_NEGOTIATED, get_version },
	{ SPDM_GET_CAPABILITIES, "GET_CAPABILITIES", STATE_VERSION, STATE_VERSION,
	  get_capabilities },
	{ SPDM_NEGOTIATE_ALGORITHMS, "NEGOTIATE_ALGORITHMS", STATE_CAPABILITIES,
	  STATE_CAPABILITIES, negotiate_algorithms },
	{ SPDM_GET_DIGESTS, "GET_DIGESTS", STATE_NEGOTIATED, STATE_NEGOTIATED, get_digests },
	{ SPDM_GET_CERTIFICATE, "GET_CERTIFICATE", STATE_NEGOTIATED, STATE_NEGOTIATED,
	  get_certificate },
	{ SPDM_GET_MEASUREMENTS, "GET_MEASUREMENTS", STATE_NEGOTIATED, STATE_NEGOTIATED,
	  get_measurements },
	{ SPDM_RESPOND_IF_READY, "RESPOND_IF_READY", STATE_NEGOTIATED, STATE_NEGOTIATED,
	  respond_if_ready },
	{ SPDM_VENDOR_DEFINED_REQUEST, "VENDOR_DEFINED_REQUEST", STATE_CAPABILITIES,
	  STATE_NEGOTIATED, control },
};

static const struct handler *find_handler(uint8_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(handlers); i++) {
		if (handlers[i].code == code)
			return &handlers[i];
	}
	return NULL;
}

/* True for a message of the given size and the padding of a DOE object */
bool request_is(const struct request *request, size_t size)
{
	return request->size >= size && request->size - size < 4;
}

void reply_bytes(struct reply *reply, const void *data, size_t size)
{
	if (reply->size <= sizeof(reply->data) && size <= sizeof(reply->data) - reply->size)
		memcpy(reply->data + reply->size, data, size);
	reply->size += size;
}

void reply_number(struct reply *reply, size_t bytes, uint32_t value)
{
	uint8_t number[4];

	le_put(number, bytes, value);
	reply_bytes(reply, number, bytes);
}

void reply_zeros(struct reply *reply, size_t size)
{
	while (size--)
		reply_number(reply, 1, 0);
}

void reply_start(struct reply *reply, uint8_t version, uint8_t code, uint8_t param1,
		 uint8_t param2)
{
	reply->size = 0;
	reply_number(reply, 1, version);
	reply_number(reply, 1, code);
	reply_number(reply, 1, param1);
	reply_number(reply, 1, param2);
}

static uint8_t check(struct device *device, const struct request *request,
		     const struct handler *handler)
{
	struct connection *conn = &device->conn;

	if (request->size < SPDM_HEADER_SIZE)
		return SPDM_ERROR_INVALID_REQUEST;
	if (request->code != SPDM_GET_VERSION && conn->state >= STATE_CAPABILITIES &&
	    request->version != conn->version)
		return SPDM_ERROR_VERSION_MISMATCH;
	if (!handler)
		return SPDM_ERROR_UNSUPPORTED_REQUEST;
	if (conn->state < handler->first || conn->state > handler->last)
		return SPDM_ERROR_UNEXPECTED_REQUEST;
	if (request->size > MESSAGE_MAX)
		return conn->version >= SPDM_1_2 ? SPDM_ERROR_REQUEST_TOO_LARGE :
						   SPDM_ERROR_INVALID_REQUEST;
	return 0;
}

static uint8_t handle(struct device *device, const struct request *request,
		      const struct handler *handler, struct reply *reply)
{
	struct connection *conn = &device->conn;
	uint8_t error;

	error = check(device, request, handler);
	if (error)
		return error;
	if (request->code != SPDM_VENDOR_DEFINED_REQUEST && device->faults.busy) {
		device->faults.busy--;
		return SPDM_ERROR_BUSY;
	}
	if (request->code != SPDM_RESPOND_IF_READY)
		conn->pending_size = 0;
	if (request->code != SPDM_RESPOND_IF_READY && request->code != SPDM_GET_MEASUREMENTS)
		transcript_reset(&conn->transcript);

	error = handler->handle(device, request, reply);
	if (!error && reply->size > conn->message_max) {
		device->too_large = reply->size;
		error = SPDM_ERROR_RESPONSE_TOO_LARGE;
	}
	return error;
}

static void answer_error(struct device *device, const struct request *request, uint8_t error,
			 struct reply *reply)
{
	struct connection *conn = &device->conn;
	bool known = request->code != SPDM_GET_VERSION && conn->state >= STATE_CAPABILITIES;
	uint8_t version = known ? conn->version : SPDM_1_0;

	switch (error) {
	case SPDM_ERROR_UNSUPPORTED_REQUEST:
		reply_start(reply, version, SPDM_ERROR, error, request->code);
		break;
	case SPDM_ERROR_RESPONSE_TOO_LARGE:
		if (version < SPDM_1_2) {
			reply_start(reply, version, SPDM_ERROR, SPDM_ERROR_UNSPECIFIED, 0);
			break;
		}
		reply_start(reply, version, SPDM_ERROR, error, 0);
		reply_number(reply, 4, device->too_large);
		break;
	case SPDM_ERROR_NOT_READY:
		/* Try again after 2^10 us, and do not wait for more than twice that */
		reply_start(reply, version, SPDM_ERROR, error, 0);
		reply_number(reply, 1, 10);
		reply_number(reply, 1, SPDM_GET_MEASUREMENTS);
		reply_number(reply, 1, conn->token);
		reply_number(reply, 1, 2);
		break;
	default:
		reply_start(reply, version, SPDM_ERROR, error, 0);
	}
}

/* Answer one message */
void dispatch(struct device *device, const uint8_t *data, size_t size, struct reply *reply)
{
	struct request request = { .data = data, .size = size };
	const struct handler *handler;
	uint8_t error;

	if (size >= SPDM_HEADER_SIZE) {
		request.version = data[0];
		request.code = data[1];
		request.param1 = data[2];
		request.param2 = data[3];
	}
	handler = find_handler(request.code);
	error = handle(device, &request, handler, reply);
	if (error) {
		answer_error(device, &request, error, reply);
		/* Nothing but MEASUREMENTS may be between two of a transcript */
		if (error != SPDM_ERROR_NOT_READY)
			transcript_reset(&device->conn.transcript);
	}
	fprintf(stderr, "%s %02x %02x %02x %02x, %zu bytes: %s %02x, %zu bytes\n",
		handler ? handler->name : "unknown request", request.version, request.code,
		request.param1, request.param2, size, error ? "ERROR" : "response",
		error ? error : reply->data[1], reply->size);
}
