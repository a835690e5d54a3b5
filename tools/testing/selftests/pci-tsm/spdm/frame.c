// SPDX-License-Identifier: GPL-2.0
/*
 * Framing between QEMU's spdm_port and an SPDM peer
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "frame.h"

static uint32_t be32_get(const uint8_t *from)
{
	return (uint32_t)from[0] << 24 | from[1] << 16 | from[2] << 8 | from[3];
}

static void be32_put(uint8_t *to, uint32_t value)
{
	to[0] = value >> 24;
	to[1] = value >> 16;
	to[2] = value >> 8;
	to[3] = value;
}

/*
 * QEMU writes a frame in small parts, each of which waits for the acknowledgment
 * of the one before: 40 ms for every message if that is delayed. The option does
 * not last, and matters to the speed only.
 */
static void acknowledge_soon(int fd)
{
	const int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

/* A peer that dies with unread data in its socket resets the connection */
static enum frame_status read_all(int fd, uint8_t *to, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n;

		acknowledge_soon(fd);
		n = recv(fd, to + have, size - have, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return have || (n && errno != ECONNRESET) ? FRAME_BROKEN : FRAME_END;
		have += n;
	}
	return FRAME_OK;
}

enum frame_status frame_read(int fd, struct frame *frame)
{
	uint8_t header[FRAME_HEADER_SIZE];
	enum frame_status status;

	status = read_all(fd, header, sizeof(header));
	if (status)
		return status;
	frame->command = be32_get(header);
	frame->transport = be32_get(header + 4);
	frame->size = be32_get(header + 8);
	if (frame->size > sizeof(frame->payload))
		return FRAME_BROKEN;
	return read_all(fd, frame->payload, frame->size) ? FRAME_BROKEN : FRAME_OK;
}

enum frame_status frame_write(int fd, uint32_t command, const void *payload, size_t size)
{
	uint8_t header[FRAME_HEADER_SIZE];
	struct iovec part[2] = {
		{ .iov_base = header, .iov_len = sizeof(header) },
		{ .iov_base = (void *)payload, .iov_len = size },
	};
	struct msghdr message = { .msg_iov = part, .msg_iovlen = 2 };

	be32_put(header, command);
	be32_put(header + 4, FRAME_TRANSPORT_DOE);
	be32_put(header + 8, size);
	while (part[0].iov_len || part[1].iov_len) {
		ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EPIPE || errno == ECONNRESET ? FRAME_END : FRAME_BROKEN;
		for (int i = 0; i < 2; i++) {
			size_t done = (size_t)n < part[i].iov_len ? (size_t)n : part[i].iov_len;

			part[i].iov_base = (uint8_t *)part[i].iov_base + done;
			part[i].iov_len -= done;
			n -= done;
		}
	}
	return FRAME_OK;
}
