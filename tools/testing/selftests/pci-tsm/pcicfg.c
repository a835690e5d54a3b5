// SPDX-License-Identifier: GPL-2.0
/*
 * pcicfg - read and write a PCI function's configuration space through sysfs, or
 * through another file, which is named by its path
 *
 * Numbers are C numbers on the command line and hexadecimal when printed.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/pci_regs.h>
#include <linux/types.h>

/* Each extended capability takes at least 8 bytes, so no list is longer. */
#define EXT_CAPS_MAX	((PCI_CFG_SPACE_EXP_SIZE - PCI_CFG_SPACE_SIZE) / 8)

static int cfg_fd;

static void die(const char *what)
{
	fprintf(stderr, "pcicfg: %s: %s\n", what, strerrorname_np(errno));
	exit(1);
}

static __u32 cfg_read(unsigned int off, unsigned int size)
{
	__u32 le = 0;
	ssize_t n = pread(cfg_fd, &le, size, off);

	if (n < 0)
		die("read");
	if ((size_t)n != size) {
		errno = ENXIO;
		die("read");
	}
	return le32toh(le);
}

static void cfg_write(unsigned int off, unsigned int size, __u32 val)
{
	__u32 le = htole32(val);
	ssize_t n = pwrite(cfg_fd, &le, size, off);

	if (n < 0)
		die("write");
	if ((size_t)n != size) {
		errno = ENXIO;
		die("write");
	}
}

/* Offset of the first DVSEC of @vendor with @id, or 0 */
static unsigned int find_dvsec(__u32 vendor, __u32 id)
{
	unsigned int off = PCI_CFG_SPACE_SIZE;
	int i;

	for (i = 0; off >= PCI_CFG_SPACE_SIZE && i < EXT_CAPS_MAX; i++) {
		__u32 header = cfg_read(off, 4);

		if (PCI_EXT_CAP_ID(header) == PCI_EXT_CAP_ID_DVSEC &&
		    (cfg_read(off + PCI_DVSEC_HEADER1, 4) & 0xffff) == vendor &&
		    cfg_read(off + PCI_DVSEC_HEADER2, 2) == id)
			return off;
		off = PCI_EXT_CAP_NEXT(header);
	}
	return 0;
}

static int usage(void)
{
	fprintf(stderr,
		"pcicfg FUNCTION read OFFSET SIZE\n"
		"pcicfg FUNCTION write OFFSET SIZE VALUE... (one after the other)\n"
		"pcicfg FUNCTION dvsec VENDOR ID      (prints its offset)\n"
		"FUNCTION is a name in /sys/bus/pci/devices or a path, SIZE is 1, 2 or 4.\n");
	return 2;
}

int main(int argc, char **argv)
{
	unsigned long arg[2];
	unsigned int off;
	char path[256];
	int i;

	if (argc < 5)
		return usage();
	for (i = 0; i < 2; i++)
		arg[i] = strtoul(argv[i + 3], NULL, 0);

	snprintf(path, sizeof(path),
		 strchr(argv[1], '/') ? "%s" : "/sys/bus/pci/devices/%s/config",
		 argv[1]);
	cfg_fd = open(path, O_RDWR | O_CLOEXEC);
	if (cfg_fd < 0)
		die(path);

	if (argc == 5 && !strcmp(argv[2], "dvsec")) {
		off = find_dvsec(arg[0], arg[1]);
		if (!off)
			return 1;
		printf("0x%x\n", off);
		return 0;
	}

	if (arg[1] != 1 && arg[1] != 2 && arg[1] != 4)
		return usage();
	if (argc == 5 && !strcmp(argv[2], "read")) {
		printf("0x%x\n", cfg_read(arg[0], arg[1]));
		return 0;
	}
	if (argc < 6 || strcmp(argv[2], "write"))
		return usage();
	for (i = 5; i < argc; i++)
		cfg_write(arg[0] + (i - 5) * arg[1], arg[1],
			  strtoul(argv[i], NULL, 0));
	return 0;
}
