// SPDX-License-Identifier: GPL-2.0
/*
 * spdm-responder: the SPDM side of a device whose DOE mailbox QEMU has (spdm_port)
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "responder.h"

#define CONNECT_TIMEOUT_MS	60000

static noreturn void print_usage(void)
{
	fprintf(stderr,
		"usage: spdm-responder --certs DIR [--port-file FILE] [--log FILE]\n"
		"                      [--version 1.1|1.2|1.3]... [--slot 0..7]\n"
		"                      [--blocks default|many|minimal] [--portion 1..65535]\n"
		"                      [--change 1..254]\n");
	exit(2);
}

static unsigned int parse_number(const char *text, unsigned long min, unsigned long max)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9')
		print_usage();
	value = strtoul(text, &end, 10);
	if (*end || value < min || value > max)
		print_usage();
	return value;
}

static void add_version(struct options *options, const char *text)
{
	uint8_t version;

	if (strlen(text) != 3 || text[0] != '1' || text[1] != '.' || text[2] < '1' ||
	    text[2] > '3')
		print_usage();
	version = SPDM_1_0 + text[2] - '0';
	for (unsigned int i = 0; i < options->nr_versions; i++) {
		if (options->versions[i] == version)
			return;
	}
	options->versions[options->nr_versions++] = version;
}

static enum block_kind parse_blocks(const char *text)
{
	if (!strcmp(text, "default"))
		return BLOCKS_DEFAULT;
	if (!strcmp(text, "many"))
		return BLOCKS_MANY;
	if (!strcmp(text, "minimal"))
		return BLOCKS_MINIMAL;
	print_usage();
}

struct paths {
	const char *certs;
	const char *port;
	const char *log;
};

static void parse_options(int argc, char **argv, struct options *options, struct paths *paths)
{
	static const struct option known[] = {
		{ "certs", required_argument, NULL, 'c' },
		{ "port-file", required_argument, NULL, 'p' },
		{ "log", required_argument, NULL, 'l' },
		{ "version", required_argument, NULL, 'v' },
		{ "slot", required_argument, NULL, 's' },
		{ "blocks", required_argument, NULL, 'b' },
		{ "portion", required_argument, NULL, 'n' },
		{ "change", required_argument, NULL, 'x' },
		{ 0 },
	};
	int which;

	while ((which = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (which) {
		case 'c':
			paths->certs = optarg;
			break;
		case 'p':
			paths->port = optarg;
			break;
		case 'l':
			paths->log = optarg;
			break;
		case 'v':
			add_version(options, optarg);
			break;
		case 's':
			options->slot = parse_number(optarg, 0, SPDM_SLOTS - 1);
			break;
		case 'b':
			options->blocks = parse_blocks(optarg);
			break;
		case 'n':
			options->portion = parse_number(optarg, 1, 65535);
			break;
		case 'x':
			options->change = parse_number(optarg, 1, 254);
			break;
		default:
			print_usage();
		}
	}
	if (!paths->certs || optind != argc)
		print_usage();
	if (!options->nr_versions) {
		add_version(options, "1.1");
		add_version(options, "1.2");
		add_version(options, "1.3");
	}
}

static bool path_in(char *path, size_t size, const char *dir, const char *name)
{
	return (size_t)snprintf(path, size, "%s/%s", dir, name) < size;
}

/* A device that was never what others of its kind are: one measurement is another one */
static bool make_other(struct blocks *blocks, unsigned int index)
{
	struct block *block;

	if (!index)
		return true;
	block = blocks_find(blocks, index);
	if (!block) {
		fprintf(stderr, "there is no measurement %u to change\n", index);
		return false;
	}
	block->raw[0] ^= 1;
	block->hash[0] ^= 1;
	return true;
}

static bool load(struct device *device, const char *dir)
{
	char path[4096];

	if (!path_in(path, sizeof(path), dir, "key.pem") || !crypto_load(&device->crypto, path))
		return false;
	if (!path_in(path, sizeof(path), dir, "chain.der") ||
	    !chain_load(&device->chain, &device->crypto, path))
		return false;
	/* This one is for tests: a device need not have it */
	if (!path_in(path, sizeof(path), dir, "reissued.der"))
		return false;
	if (!access(path, F_OK) && !chain_load(&device->reissued, &device->crypto, path))
		return false;
	return blocks_make(&device->blocks, device->options.blocks, &device->crypto) &&
	       make_other(&device->blocks, device->options.change);
}

/* A reader of the file sees all of it or none */
static bool write_port(const char *path, unsigned int port)
{
	char temporary[4096];
	FILE *file;
	bool ok;

	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.%ld", path, (long)getpid()) >=
	    sizeof(temporary))
		return false;
	file = fopen(temporary, "w");
	if (!file)
		return false;
	ok = fprintf(file, "%u\n", port) > 0;
	ok = !fclose(file) && ok && !rename(temporary, path);
	if (!ok)
		unlink(temporary);
	return ok;
}

/* Listen on a port of the kernel's choice; -1 after a message */
static int start_listening(unsigned int *port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(addr);
	int fd;

	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 1) ||
	    getsockname(fd, (struct sockaddr *)&addr, &size)) {
		perror("cannot listen on 127.0.0.1");
		return -1;
	}
	*port = ntohs(addr.sin_port);
	return fd;
}

/* The one connection; -1 after a message */
static int wait_for_peer(int listener)
{
	struct pollfd wait = { .fd = listener, .events = POLLIN };
	int one = 1;
	int fd;

	if (poll(&wait, 1, CONNECT_TIMEOUT_MS) != 1) {
		fprintf(stderr, "nobody connected within %d s\n", CONNECT_TIMEOUT_MS / 1000);
		return -1;
	}
	fd = accept(listener, NULL, NULL);
	if (fd < 0) {
		perror("accept");
		return -1;
	}
	close(listener);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

int main(int argc, char **argv)
{
	static struct device device;
	struct paths paths = { 0 };
	unsigned int port;
	int listener, fd;
	bool ok;

	parse_options(argc, argv, &device.options, &paths);
	if (paths.log && !freopen(paths.log, "w", stderr))
		return 1;
	setvbuf(stderr, NULL, _IOLBF, 0);
	if (!load(&device, paths.certs))
		return 1;
	listener = start_listening(&port);
	if (listener < 0)
		return 1;
	fprintf(stderr, "listening on port %u\n", port);
	if (paths.port && !write_port(paths.port, port)) {
		perror(paths.port);
		return 1;
	}
	fd = wait_for_peer(listener);
	if (fd < 0)
		return 1;
	ok = mailbox_serve(&device, fd);
	transcript_reset(&device.conn.transcript);
	EVP_PKEY_free(device.crypto.key);
	close(fd);
	return ok ? 0 : 1;
}
