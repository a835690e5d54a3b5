// SPDX-License-Identifier: GPL-2.0
/*
 * records - write numbered records with checksums to a block device, and check them
 *
 * Record N goes to place N % PLACES, past all caches. After each one, a record that
 * was written before is read again. SIGTERM ends that: every place is read, and must
 * have the last record that was written there.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SIZE	4096
#define MAGIC	0x5344524f43455254ULL

struct record {
	uint64_t magic;
	uint64_t number;
	uint64_t fill[SIZE / 8 - 3];
	uint64_t sum;
};

static uint64_t slowest_ms;
static unsigned long first, places;
static int fd;

/* SIGTERM is blocked, and waits */
static int ended(void)
{
	sigset_t pending;

	sigpending(&pending);
	return sigismember(&pending, SIGTERM);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

/* FNV-1a, over words */
static uint64_t checksum(const struct record *record)
{
	const uint64_t *word = (const uint64_t *)record;
	uint64_t sum = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < SIZE / 8 - 1; i++)
		sum = (sum ^ word[i]) * 0x100000001b3ULL;
	return sum;
}

static void make(struct record *record, uint64_t number)
{
	uint64_t x = number + 1;

	record->magic = MAGIC;
	record->number = number;
	for (size_t i = 0; i < sizeof(record->fill) / 8; i++) {
		/* xorshift64 */
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		record->fill[i] = x;
	}
	record->sum = checksum(record);
}

static void move(struct record *record, uint64_t number, int writes)
{
	off_t offset = (off_t)(first + number % places) * SIZE;
	uint64_t start = now_ms(), ms;
	ssize_t n;

	if (writes)
		n = pwrite(fd, record, SIZE, offset);
	else
		n = pread(fd, record, SIZE, offset);
	ms = now_ms() - start;
	if (n != SIZE) {
		printf("%s of record %llu after %llu ms: %s\n",
		       writes ? "write" : "read", (unsigned long long)number,
		       (unsigned long long)ms, n < 0 ? strerror(errno) : "short");
		exit(1);
	}
	if (ms > slowest_ms)
		slowest_ms = ms;
}

static void check(struct record *record, uint64_t number)
{
	memset(record, 0, SIZE);
	move(record, number, 0);
	if (record->magic == MAGIC && record->number == number &&
	    record->sum == checksum(record))
		return;
	printf("record %llu is not what was written: magic %llx, number %llu, sum %s\n",
	       (unsigned long long)number, (unsigned long long)record->magic,
	       (unsigned long long)record->number,
	       record->sum == checksum(record) ? "right" : "wrong");
	exit(1);
}

int main(int argc, char **argv)
{
	struct record *record;
	uint64_t number = 0;
	sigset_t term;

	if (argc != 4) {
		fprintf(stderr, "usage: records DEVICE FIRST-PLACE PLACES\n");
		return 2;
	}
	first = strtoul(argv[2], NULL, 0);
	places = strtoul(argv[3], NULL, 0);
	fd = open(argv[1], O_RDWR | O_DIRECT);
	if (fd < 0 || !places || posix_memalign((void **)&record, SIZE, SIZE)) {
		perror(argv[1]);
		return 2;
	}

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	for (; !ended(); number++) {
		uint64_t back = (number * 7919) % (places / 2 + 1);

		make(record, number);
		move(record, number, 1);
		check(record, number - (back < number ? back : number));
	}
	for (uint64_t i = number > places ? number - places : 0; i < number; i++)
		check(record, i);

	printf("ok: %llu records, slowest access %llu ms\n",
	       (unsigned long long)number, (unsigned long long)slowest_ms);
	return 0;
}
