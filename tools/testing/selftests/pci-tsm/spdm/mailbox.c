// SPDX-License-Identifier: GPL-2.0
/*
 * The device's end of the mailbox: DOE objects in, DOE objects out
 *
 * A DOE mailbox discards an object of an unknown type or a wrong length without an
 * answer. QEMU waits for one, though: an empty one makes its mailbox discard the
 * object. It forwards types 1 (CMA-SPDM) and 2 (the same in a session) and answers
 * discovery itself. There are no sessions, so all of type 2 is discarded here.
 */
#include <stdio.h>
#include <string.h>

#include "responder.h"
#include "util.h"

static bool is_spdm(const struct frame *frame)
{
	const uint8_t *object = frame->payload;

	if (frame->size < DOE_HEADER_SIZE)
		return false;
	/* 2^18 DWORDs are written as 0 */
	return le_get(object, 2) == DOE_VENDOR_PCISIG && object[2] == DOE_TYPE_SPDM &&
	       (frame->size & 3) == 0 &&
	       (le_get(object + 4, 4) & 0x3ffff) == (frame->size / 4 & 0x3ffff);
}

/* Answer one frame; the size of the object in the answer is 0 if there is none */
static size_t answer(struct device *device, const struct frame *frame, uint8_t *object)
{
	static struct reply reply;
	size_t size;

	if (!is_spdm(frame)) {
		fprintf(stderr, "discarded: %u bytes that are no SPDM object\n", frame->size);
		return 0;
	}
	dispatch(device, frame->payload + DOE_HEADER_SIZE, frame->size - DOE_HEADER_SIZE,
		 &reply);
	size = (DOE_HEADER_SIZE + reply.size + 3) & ~(size_t)3;
	memset(object, 0, size);
	le_put(object, 2, DOE_VENDOR_PCISIG);
	object[2] = DOE_TYPE_SPDM;
	le_put(object + 4, 4, size / 4);
	memcpy(object + DOE_HEADER_SIZE, reply.data, reply.size);
	return size;
}

bool mailbox_serve(struct device *device, int fd)
{
	static struct frame frame;
	static uint8_t object[DOE_REPLY_MAX];
	enum frame_status status;

	for (;;) {
		status = frame_read(fd, &frame);
		/* QEMU does not wait for an answer to this */
		if (status == FRAME_OK && frame.command == FRAME_SHUTDOWN)
			return true;
		if (status == FRAME_OK && (frame.command != FRAME_NORMAL ||
					   frame.transport != FRAME_TRANSPORT_DOE))
			status = frame_write(fd, FRAME_UNKNOWN, NULL, 0);
		else if (status == FRAME_OK)
			status = frame_write(fd, FRAME_NORMAL, object,
					     answer(device, &frame, object));
		if (status == FRAME_END)
			return true;
		if (status == FRAME_BROKEN) {
			fprintf(stderr, "the connection ended in a frame, or one was too large\n");
			return false;
		}
	}
}
