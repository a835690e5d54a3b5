// SPDX-License-Identifier: GPL-2.0
/*
 * phys-page - hold a page of memory whose physical address is known
 *
 * Prints the address of a page filled with zeroes and keeps it until standard
 * input ends. Then says whether somebody else wrote to it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/types.h>

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PFN	0x007fffffffffffffULL
#define PAGEMAP_PRESENT	0x8000000000000000ULL

int main(void)
{
	long size = sysconf(_SC_PAGESIZE), i;
	char *page;
	__u64 entry;
	char c;
	int fd;

	page = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	memset(page, 0, size);
	if (mlock(page, size)) {
		perror("mlock");
		return 1;
	}

	fd = open("/proc/self/pagemap", O_RDONLY);
	if (fd < 0 ||
	    pread(fd, &entry, sizeof(entry),
		  (unsigned long)page / size * sizeof(entry)) != sizeof(entry)) {
		perror("pagemap");
		return 1;
	}
	if (!(entry & PAGEMAP_PRESENT) || !(entry & PAGEMAP_PFN)) {
		fprintf(stderr, "phys-page: the address is not shown\n");
		return 1;
	}
	printf("0x%llx\n", (entry & PAGEMAP_PFN) * size);
	fflush(stdout);

	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	for (i = 0; i < size; i++) {
		if (page[i])
			break;
	}
	printf("%s\n", i < size ? "touched" : "untouched");
	return 0;
}
