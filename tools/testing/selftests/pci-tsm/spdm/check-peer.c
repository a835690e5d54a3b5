// SPDX-License-Identifier: GPL-2.0
/*
 * The other end of the socket: start a responder or find one, exchange frames
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* A responder of ours dies with us, whatever happens */
static pid_t spawn(const struct settings *settings, const char *port_file)
{
	const char *argv[16];
	char slot[32], portion[32], version[32];
	int argc = 0;
	pid_t pid;

	argv[argc++] = settings->responder;
	argv[argc++] = "--certs";
	argv[argc++] = settings->certs;
	argv[argc++] = "--port-file";
	argv[argc++] = port_file;
	argv[argc++] = "--blocks";
	argv[argc++] = settings->blocks;
	snprintf(slot, sizeof(slot), "--slot=%u", settings->slot);
	argv[argc++] = slot;
	snprintf(version, sizeof(version), "--version=1.%u", settings->version & 0xf);
	argv[argc++] = version;
	if (settings->portion) {
		snprintf(portion, sizeof(portion), "--portion=%u", settings->portion);
		argv[argc++] = portion;
	}
	argv[argc] = NULL;
	pid = fork();
	expect(pid >= 0, "%s", strerror(errno));
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		execv(settings->responder, (char **)argv);
		perror(settings->responder);
		_exit(127);
	}
	return pid;
}

/* The file appears whole */
static unsigned int read_port(const struct peer *peer, const char *path)
{
	unsigned int port = 0;
	FILE *file;
	int tries;

	for (tries = 0; tries < 2000; tries++) {
		file = fopen(path, "r");
		if (file) {
			expect(fscanf(file, "%u\n", &port) == 1 && fgetc(file) == EOF,
			       "no port number in %s", path);
			fclose(file);
			return port;
		}
		expect(!peer->pid || !waitpid(peer->pid, NULL, WNOHANG),
		       "the responder ended at once");
		usleep(5000);
	}
	expect(false, "no port file %s", path);
	return 0;
}

static void connect_to(struct peer *peer, unsigned int port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port),
	};
	int one = 1;

	peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	expect(peer->fd >= 0, "%s", strerror(errno));
	expect(!connect(peer->fd, (struct sockaddr *)&addr, sizeof(addr)), "port %u: %s", port,
	       strerror(errno));
	setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

void peer_start(struct peer *peer, const struct settings *settings)
{
	char dir[] = P_tmpdir "/spdm-check.XXXXXX";
	char path[64];

	peer->pid = 0;
	if (settings->port_file) {
		connect_to(peer, read_port(peer, settings->port_file));
		return;
	}
	expect(mkdtemp(dir), "%s", strerror(errno));
	snprintf(path, sizeof(path), "%s/port", dir);
	peer->pid = spawn(settings, path);
	connect_to(peer, read_port(peer, path));
	unlink(path);
	rmdir(dir);
}

void peer_send_raw(struct peer *peer, const void *data, size_t size)
{
	ssize_t n = send(peer->fd, data, size, MSG_NOSIGNAL);

	expect(n == (ssize_t)size, "sent %zd of %zu bytes: %s", n, size, strerror(errno));
}

/* Send a frame that need not make sense; the answer is in peer->frame */
void peer_frame(struct peer *peer, uint32_t command, uint32_t transport, const void *payload,
		size_t size)
{
	uint32_t header[3] = { htonl(command), htonl(transport), htonl(size) };

	peer_send_raw(peer, header, sizeof(header));
	peer_send_raw(peer, payload, size);
	expect(frame_read(peer->fd, &peer->frame) == FRAME_OK, "no answer to a frame");
	/* What QEMU can take */
	expect(peer->frame.size <= DOE_REPLY_MAX && peer->frame.size % 4 == 0,
	       "an answer of %u bytes", peer->frame.size);
	expect(peer->frame.command, "QEMU does not survive command 0");
}

/* Send an SPDM message as QEMU does */
void peer_object(struct peer *peer, const void *message, size_t size)
{
	static uint8_t object[DOE_OBJECT_MAX];
	size_t whole = (DOE_HEADER_SIZE + size + 3) / 4 * 4;
	const uint8_t *answer = peer->frame.payload;

	expect(whole <= sizeof(object), "%zu bytes", size);
	memset(object, 0, whole);
	le_put(object, 4, 0x00010001);
	le_put(object + 4, 4, whole / 4 & 0x3ffff);
	memcpy(object + DOE_HEADER_SIZE, message, size);
	peer_frame(peer, FRAME_NORMAL, FRAME_TRANSPORT_DOE, object, whole);
	expect(peer->frame.command == FRAME_NORMAL && peer->frame.size >= DOE_HEADER_SIZE + 4,
	       "command %#x, %u bytes", peer->frame.command, peer->frame.size);
	expect(le_get(answer, 4) == 0x00010001 && le_get(answer + 4, 4) * 4 == peer->frame.size,
	       "DOE header %08x %08x of %u bytes", le_get(answer, 4), le_get(answer + 4, 4),
	       peer->frame.size);
}

/* Close the connection; the responder must end with this exit status */
void peer_end(struct peer *peer, int status)
{
	int how;

	close(peer->fd);
	if (!peer->pid)
		return;
	expect(waitpid(peer->pid, &how, 0) == peer->pid, "%s", strerror(errno));
	expect(WIFEXITED(how) && WEXITSTATUS(how) == status,
	       "the responder's wait status is %#x, not exit status %d", how, status);
}
