// SPDX-License-Identifier: GPL-2.0
/*
 * Files of an enrolment: the policy, and the root certificates beside it.
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

int enroll_write(struct enroll_file *file, const struct bytes *data)
{
	char part[PATH_MAX];
	int fd, rc;

	if (snprintf(part, sizeof(part), "%s.XXXXXX", file->path) >= (int)sizeof(part)) {
		complain("%s: too long", file->path);
		return -ENAMETOOLONG;
	}
	fd = mkostemp(part, O_CLOEXEC);
	if (fd < 0) {
		rc = -errno;
		complain("%s: %m", part);
		return rc;
	}
	strcpy(file->part, part);
	rc = bytes_write(fd, data);
	/* No secrets, and "policy check" needs no root */
	if (!rc && fchmod(fd, 0644))
		rc = -errno;
	if (close(fd) && !rc)
		rc = -errno;
	if (rc)
		complain("%s: %s", part, strerror(-rc));
	return rc;
}

/* A link does not replace what is there, a rename does */
static int put_in_place(struct enroll_file *file, bool force)
{
	char old[PATH_MAX];

	if (!force)
		return link(file->part, file->path) ? -errno : 0;
	if (snprintf(old, sizeof(old), "%s.old", file->part) >= (int)sizeof(old))
		return -ENAMETOOLONG;
	if (!link(file->path, old))
		strcpy(file->old, old);
	else if (errno != ENOENT)
		return -errno;
	return rename(file->part, file->path) ? -errno : 0;
}

static void take_back(const struct enroll_file *file)
{
	if (file->old[0] ? rename(file->old, file->path) : unlink(file->path))
		complain("%s: %m", file->path);
}

int enroll_put(struct enroll_file *files, size_t nr, bool force)
{
	int rc = 0;

	for (size_t i = 0; i < nr && !rc; i++) {
		if (!files[i].part[0])
			continue;
		rc = put_in_place(&files[i], force);
		if (!rc)
			continue;
		complain("%s: %s%s", files[i].path, strerror(-rc),
			 rc == -EEXIST ? "; --force replaces it" : "");
		while (i--)
			if (files[i].part[0])
				take_back(&files[i]);
		break;
	}
	return rc;
}

void enroll_clean(const struct enroll_file *file)
{
	if (file->part[0])
		unlink(file->part);
	if (file->old[0])
		unlink(file->old);
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

static int add_pem(BIO *bio, X509 *cert)
{
	return PEM_write_bio_X509(bio, cert) ? 0 : -ENOMEM;
}

static int take_text(BIO *bio, struct bytes *pem)
{
	char *data;
	long size = BIO_get_mem_data(bio, &data);

	pem->data = size > 0 ? malloc(size) : NULL;
	if (!pem->data)
		return -ENOMEM;
	memcpy(pem->data, data, size);
	pem->size = size;
	return 0;
}

int enroll_given_roots(const char *path, struct bytes *pem)
{
	STACK_OF(X509) *roots;
	BIO *bio;
	int rc;

	rc = chain_load_roots(path, &roots);
	if (rc)
		return rc;
	bio = BIO_new(BIO_s_mem());
	rc = bio ? 0 : -ENOMEM;
	for (int i = 0; !rc && i < sk_X509_num(roots); i++)
		rc = add_pem(bio, sk_X509_value(roots, i));
	if (!rc)
		rc = take_text(bio, pem);
	BIO_free(bio);
	sk_X509_pop_free(roots, X509_free);
	if (rc)
		complain("out of memory");
	return rc;
}

int enroll_own_root(const char *path, const struct evidence *ev, struct bytes *pem)
{
	struct chain chain;
	struct why why = {};
	BIO *bio;
	int rc;

	rc = chain_parse(&ev->certificates, &chain, &why);
	if (rc) {
		complain("certificates: %s", rc == -EBADMSG ? why.text : strerror(-rc));
		return rc;
	}
	bio = BIO_new(BIO_s_mem());
	rc = bio ? add_pem(bio, chain.cert[0]) : -ENOMEM;
	if (!rc)
		rc = take_text(bio, pem);
	if (rc)
		complain("out of memory");
	else
		tell_fingerprint(path, chain.cert[0]);
	BIO_free(bio);
	chain_free(&chain);
	return rc;
}
