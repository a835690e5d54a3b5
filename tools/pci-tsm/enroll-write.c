// SPDX-License-Identifier: GPL-2.0
/*
 * Files of an enrolment: the policy, and the root certificate of the device.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "chain.h"
#include "enroll.h"

static int write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		size -= n;
	}
	return fsync(fd) ? -errno : 0;
}

/* A link does not replace what is there, a rename does */
static int put_in_place(const char *part, const char *path, bool force)
{
	if (force ? rename(part, path) : link(part, path))
		return -errno;
	if (!force)
		unlink(part);
	return 0;
}

int enroll_write(const char *path, const void *data, size_t size, bool force)
{
	char part[PATH_MAX];
	int fd, rc;

	if (snprintf(part, sizeof(part), "%s.XXXXXX", path) >= (int)sizeof(part)) {
		complain("%s: too long", path);
		return -ENAMETOOLONG;
	}
	fd = mkostemp(part, O_CLOEXEC);
	if (fd < 0) {
		rc = -errno;
		complain("%s: %m", part);
		return rc;
	}
	rc = write_all(fd, data, size);
	/* No secrets, and "policy check" needs no root */
	if (!rc && fchmod(fd, 0644))
		rc = -errno;
	close(fd);
	if (!rc)
		rc = put_in_place(part, path, force);
	if (rc) {
		unlink(part);
		complain("%s: %s%s", path, strerror(-rc),
			 rc == -EEXIST ? "; --force replaces it" : "");
	}
	return rc;
}

static void tell_fingerprint(const char *path, X509 *cert)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	char text[2 * EVP_MAX_MD_SIZE + 1], subject[CHAIN_NAME];
	unsigned int size = 0;

	if (!X509_digest(cert, EVP_sha256(), digest, &size))
		size = 0;
	hex_format(digest, size, text);
	chain_subject(cert, subject);
	complain("%s: %s, SHA-256 %s", path, subject, text);
	complain("that is what the device says: compare it with what its vendor publishes");
}

int enroll_write_root(const char *path, const struct evidence *ev, bool force)
{
	struct chain chain;
	struct why why = {};
	char *data;
	BIO *bio;
	long size;
	int rc;

	rc = chain_parse(&ev->certificates, &chain, &why);
	if (rc) {
		complain("certificates: %s", rc == -EBADMSG ? why.text : strerror(-rc));
		return rc;
	}
	rc = -ENOMEM;
	bio = BIO_new(BIO_s_mem());
	if (bio && PEM_write_bio_X509(bio, chain.cert[0])) {
		size = BIO_get_mem_data(bio, &data);
		rc = enroll_write(path, data, size, force);
		if (!rc)
			tell_fingerprint(path, chain.cert[0]);
	}
	BIO_free(bio);
	chain_free(&chain);
	return rc;
}
