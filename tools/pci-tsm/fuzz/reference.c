// SPDX-License-Identifier: GPL-2.0
/*
 * Reference files. What was read must be the same when it is written and read again.
 */

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "reference.h"
#include "spdm.h"

static int load(const char *text, size_t size, struct measurement **list, size_t *nr)
{
	int fd = memfd_create("reference", 0), rc;
	char path[32];

	MUST(fd >= 0 && write(fd, text, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = reference_load(path, list, nr);
	close(fd);
	return rc;
}

static void check_again(const struct measurement *list, size_t nr)
{
	struct measurement *again;
	size_t nr_again, size, at = 0;
	char *text = NULL;
	FILE *file = open_memstream(&text, &size);

	MUST(file);
	reference_print(file, list, nr);
	fclose(file);
	/* Informational ones are not printed, and nothing at all is no reference */
	if (size) {
		MUST(!load(text, size, &again, &nr_again));
		for (size_t i = 0; i < nr; i++) {
			if ((list[i].type & SPDM_TYPE_MASK) == SPDM_TYPE_INFORMATIONAL)
				continue;
			MUST(at < nr_again && list[i].index == again[at].index);
			MUST(list[i].type == again[at].type);
			MUST(list[i].value.size == again[at].value.size);
			MUST(!memcmp(list[i].value.data, again[at].value.data,
				     list[i].value.size));
			at++;
		}
		MUST(at == nr_again);
		reference_free(again, nr_again);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct measurement *list;
	size_t nr;

	if (load((const char *)data, size, &list, &nr))
		return 0;
	MUST(nr && nr < 256);
	check_again(list, nr);
	reference_free(list, nr);
	return 0;
}
