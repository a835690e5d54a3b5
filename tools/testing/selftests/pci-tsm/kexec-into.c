// SPDX-License-Identifier: GPL-2.0
/*
 * kexec-into - start another arm64 kernel in place of this one
 *
 *	kexec-into IMAGE INITRD FROM TO
 *
 * It gets the device tree and the command line of this kernel, with TO in place of
 * FROM, which has the same length. Processes are not stopped first: what they have under
 * way is the drivers' business.
 *
 * arm64 does not take back what it shared with the host before it copies the next kernel
 * to its place. So that place is in ZONE_MOVABLE (movablecore=), which has no page that
 * was ever shared, but for what was reserved at boot: the bounce buffers may be there.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/kexec.h>

#ifndef RB_KEXEC
#define RB_KEXEC	0x45584543
#endif

#define PAGE		4096UL
#define FILE_MAX	(512UL << 20)
#define IMAGE_ALIGN	(2UL << 20)

/* Header of an arm64 Image, see Documentation/arch/arm64/booting.rst */
#define IMAGE_SIZE	16
#define IMAGE_MAGIC	56
#define MAGIC		0x644d5241

/* A flattened device tree: header, and tokens of the structure block */
#define FDT_STRUCT	8
#define FDT_STRINGS	12
#define FDT_HEADER	40
#define FDT_BEGIN_NODE	1
#define FDT_END_NODE	2
#define FDT_PROP	3
#define FDT_NOP		4

struct blob {
	unsigned char *data;
	size_t len;
};

static size_t round_up(size_t size, size_t to)
{
	return (size + to - 1) / to * to;
}

static void die(const char *what)
{
	fprintf(stderr, "kexec-into: %s\n", what);
	exit(1);
}

static struct blob read_file(const char *name)
{
	FILE *file = fopen(name, "r");
	struct blob blob = {};
	size_t n, room = 0;

	if (!file) {
		fprintf(stderr, "kexec-into: %s: %s\n", name, strerror(errno));
		exit(1);
	}
	do {
		if (blob.len == room) {
			room += 16 << 20;
			blob.data = realloc(blob.data, room);
		}
		if (!blob.data || room > FILE_MAX)
			die("a file is too large");
		n = fread(blob.data + blob.len, 1, room - blob.len, file);
		blob.len += n;
	} while (n);
	if (ferror(file))
		die("a file cannot be read");
	fclose(file);
	return blob;
}

static uint32_t be32(const struct blob *blob, size_t at)
{
	uint32_t val;

	if (at > blob->len || blob->len - at < sizeof(val))
		die("the device tree is cut short");
	memcpy(&val, blob->data + at, sizeof(val));
	return be32toh(val);
}

/* Offset of a property's value of two cells; its name is in this tree only once */
static size_t fdt_find(const struct blob *fdt, const char *name)
{
	size_t strings = be32(fdt, FDT_STRINGS), at = be32(fdt, FDT_STRUCT);

	for (;;) {
		uint32_t token = be32(fdt, at);

		at += 4;
		if (token == FDT_BEGIN_NODE) {
			if (at >= fdt->len)
				break;
			at += round_up(strnlen((char *)fdt->data + at, fdt->len - at) + 1, 4);
		} else if (token == FDT_PROP) {
			uint32_t len = be32(fdt, at);
			size_t str = strings + be32(fdt, at + 4);

			at += 8;
			if (str + strlen(name) < fdt->len && at + 8 <= fdt->len && len == 8 &&
			    !strcmp((char *)fdt->data + str, name))
				return at;
			at += round_up((size_t)len, 4);
		} else if (token != FDT_END_NODE && token != FDT_NOP) {
			break;
		}
	}
	die("the device tree has no initrd");
	return 0;
}

static void fdt_set(struct blob *fdt, const char *name, uint64_t val)
{
	size_t at = fdt_find(fdt, name);

	val = htobe64(val);
	memcpy(fdt->data + at, &val, sizeof(val));
}

static void fdt_replace(struct blob *fdt, const char *from, const char *to)
{
	unsigned char *at = memmem(fdt->data, fdt->len, from, strlen(from));

	if (!at || strlen(from) != strlen(to))
		die("the command line cannot be changed");
	memcpy(at, to, strlen(to));
}

/* Where the zone begins, and its size in @size */
static unsigned long movable_zone(unsigned long *size)
{
	FILE *file = fopen("/proc/zoneinfo", "r");
	unsigned long val, start = 0;
	char line[256], zone[32] = "";

	*size = 0;
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %*u, zone %31s", zone) == 1 || strcmp(zone, "Movable"))
			continue;
		if (sscanf(line, " spanned %lu", &val) == 1)
			*size = val * PAGE;
		if (sscanf(line, " start_pfn: %lu", &val) == 1)
			start = val * PAGE;
	}
	if (file)
		fclose(file);
	if (!*size)
		die("no ZONE_MOVABLE: put movablecore= on the command line");
	return start;
}

/* Nothing that was reserved at boot may be in the way */
static void not_reserved(unsigned long at, unsigned long size)
{
	FILE *file = fopen("/proc/iomem", "r");
	unsigned long start, end;
	char line[256], what[32];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx : %31s", &start, &end, what) == 3 &&
		    !strcmp(what, "reserved") && start < at + size && end >= at)
			die("ZONE_MOVABLE has not enough room in front of what was reserved");
	}
	if (!file)
		die("/proc/iomem");
	fclose(file);
}

static uint64_t le64(const struct blob *blob, size_t at)
{
	uint64_t val;

	memcpy(&val, blob->data + at, sizeof(val));
	return le64toh(val);
}

int main(int argc, char **argv)
{
	/* ldr x0, tree; ldr x4, kernel; br x4 */
	struct {
		uint32_t code[4];
		uint64_t tree;
		uint64_t kernel;
	} stub = { .code = { 0x58000080, 0x580000a4, 0xd61f0080, 0xd503201f } };
	struct kexec_segment segment[4] = {};
	unsigned long at, zone, size;
	struct blob part[4];
	uint32_t magic;

	if (argc != 5) {
		fprintf(stderr, "usage: kexec-into IMAGE INITRD FROM TO\n");
		return 2;
	}

	part[0] = read_file(argv[1]);
	part[1] = read_file(argv[2]);
	part[2] = read_file("/sys/firmware/fdt");
	part[3] = (struct blob) { (unsigned char *)&stub, sizeof(stub) };
	if (part[0].len < IMAGE_MAGIC + sizeof(magic) || part[2].len < FDT_HEADER)
		die("not a kernel or not a device tree");
	memcpy(&magic, part[0].data + IMAGE_MAGIC, sizeof(magic));
	if (le32toh(magic) != MAGIC)
		die("not an arm64 Image");

	zone = movable_zone(&size);
	at = round_up(zone, IMAGE_ALIGN);
	for (int i = 0; i < 4; i++) {
		segment[i].buf = part[i].data;
		segment[i].bufsz = part[i].len;
		segment[i].mem = (void *)at;
		segment[i].memsz = round_up(part[i].len, PAGE);
		/* With its BSS */
		if (!i && le64(&part[0], IMAGE_SIZE) > part[0].len)
			segment[i].memsz = round_up(le64(&part[0], IMAGE_SIZE), PAGE);
		at = round_up(at + segment[i].memsz, IMAGE_ALIGN);
		if (segment[i].memsz > size || at - zone > size)
			die("ZONE_MOVABLE is too small");
		not_reserved((uintptr_t)segment[i].mem, segment[i].memsz);
	}
	stub.kernel = (uintptr_t)segment[0].mem;
	stub.tree = (uintptr_t)segment[2].mem;
	fdt_set(&part[2], "linux,initrd-start", (uintptr_t)segment[1].mem);
	fdt_set(&part[2], "linux,initrd-end", (uintptr_t)segment[1].mem + part[1].len);
	fdt_replace(&part[2], argv[3], argv[4]);

	if (syscall(SYS_kexec_load, segment[3].mem, 4, segment, KEXEC_ARCH_AARCH64)) {
		perror("kexec-into: kexec_load");
		return 1;
	}
	reboot(RB_KEXEC);
	perror("kexec-into: reboot");
	return 1;
}
