// SPDX-License-Identifier: GPL-2.0
/*
 * Nonces.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>

#include "nonce.h"

static int from_file(const char *path, uint8_t *nonce)
{
	struct bytes b;
	int rc;

	rc = bytes_read_file(AT_FDCWD, path, EVIDENCE_NONCE_SIZE, &b);
	if (!rc && b.size == EVIDENCE_NONCE_SIZE)
		memcpy(nonce, b.data, EVIDENCE_NONCE_SIZE);
	else if (!rc || rc == -EFBIG)
		rc = -EINVAL;
	bytes_free(&b);
	if (rc)
		complain("--nonce: expected %d hexadecimal digits or a file with %d bytes%s%s",
			 2 * EVIDENCE_NONCE_SIZE, EVIDENCE_NONCE_SIZE,
			 rc == -EINVAL ? "" : ": ", rc == -EINVAL ? "" : strerror(-rc));
	return rc == -ENOENT || rc == -EISDIR ? -EINVAL : rc;
}

int nonce_get(const char *given, uint8_t *nonce)
{
	size_t done = 0;

	if (given)
		return hex_parse(given, nonce, EVIDENCE_NONCE_SIZE) ? from_file(given, nonce) : 0;
	while (done < EVIDENCE_NONCE_SIZE) {
		ssize_t n = getrandom(nonce + done, EVIDENCE_NONCE_SIZE - done, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			complain("there are no random bytes: %s", strerror(errno));
			return -EIO;
		}
		done += n;
	}
	return 0;
}
