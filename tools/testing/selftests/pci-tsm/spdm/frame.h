/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Framing between QEMU's spdm_port and an SPDM peer: command, transport and size
 * (u32, big endian), then a DOE object with its header.
 */
#ifndef FRAME_H
#define FRAME_H

#include <stddef.h>
#include <stdint.h>

#define FRAME_HEADER_SIZE	12
#define FRAME_NORMAL		1
#define FRAME_SHUTDOWN		0xfffe
#define FRAME_UNKNOWN		0xffff
#define FRAME_TRANSPORT_DOE	2

#define DOE_HEADER_SIZE		8
/* 2^18 DWORDs: what the length field can say */
#define DOE_OBJECT_MAX		0x100000
#define DOE_VENDOR_PCISIG	1
#define DOE_TYPE_SPDM		1
/* QEMU takes no larger object as an answer */
#define DOE_REPLY_MAX		0x1200

struct frame {
	uint32_t command;
	uint32_t transport;
	uint32_t size;
	uint8_t payload[DOE_OBJECT_MAX];
};

enum frame_status {
	FRAME_OK,
	FRAME_END,	/* the peer is gone, between two frames */
	FRAME_BROKEN,	/* the peer is gone within one, or it is too large */
};

enum frame_status frame_read(int fd, struct frame *frame);
enum frame_status frame_write(int fd, uint32_t command, const void *payload, size_t size);

#endif
