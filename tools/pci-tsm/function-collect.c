// SPDX-License-Identifier: GPL-2.0
/*
 * Evidence of a function, all of one collection.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "function-write.h"
#include "sysfs.h"

/* How often all is read or collected anew if somebody else collects meanwhile */
#define TRIES 5

#define OBJECT_MAX (16 << 20)
#define VCA_MAX (64 << 10)
#define REPORT_MAX 65535
#define TEXT_MAX 4096

/* SPDM GET_MEASUREMENTS: four bytes, then the nonce */
#define REQUEST_NONCE 4

static const struct object {
	const char *path;
	size_t member;
	size_t most;
} objects[] = {
	{ "tsm/certificates", offsetof(struct evidence, certificates), OBJECT_MAX },
	{ "tsm/vca", offsetof(struct evidence, vca), VCA_MAX },
	{ "tsm/measurements", offsetof(struct evidence, measurements), OBJECT_MAX },
	{ "tsm/report", offsetof(struct evidence, report), REPORT_MAX },
	{ "tsm/lock_flags", offsetof(struct evidence, lock_flags), TEXT_MAX },
	{ "resource", offsetof(struct evidence, resource), TEXT_MAX },
};

static int read_generation(struct function *fn, unsigned long *generation)
{
	return sysfs_number(fn->dirfd, "tsm/evidence_generation", 10, ~0UL, generation);
}

static int read_objects(struct function *fn, struct evidence *ev, const char **path)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < ARRAY_SIZE(objects); i++) {
		struct bytes *b = (struct bytes *)((char *)ev + objects[i].member);

		*path = objects[i].path;
		rc = bytes_read_file(fn->dirfd, *path, objects[i].most, b);
	}
	return rc;
}

static int read_digest(struct function *fn, const char **path)
{
	int rc;

	*path = "tsm/evidence_digest";
	rc = sysfs_text(fn->dirfd, *path, fn->digest, sizeof(fn->digest));
	if (!rc && !address_is_digest(fn->digest)) {
		fn->digest[0] = 0;
		rc = -EPROTO;
	}
	return rc;
}

/* Return: 0; -EAGAIN: collected anew meanwhile; another negative error number */
static int read_once(struct function *fn, struct evidence *ev, const char **path)
{
	unsigned long before, after;
	int rc, again;

	*path = "tsm/evidence_generation";
	rc = read_generation(fn, &before);
	if (rc)
		return rc;
	rc = read_objects(fn, ev, path);
	if (!rc)
		rc = read_digest(fn, path);
	again = read_generation(fn, &after);
	/* An object that went or changed is not what is wrong if there are others now */
	if (!again && before != after)
		rc = -EAGAIN;
	else if (rc == -ESTALE)
		rc = -EAGAIN;
	else if (!rc && again)
		*path = "tsm/evidence_generation";
	/* Without it, nobody knows whether they are of one collection */
	rc = rc ?: again;
	if (!again)
		fn->generation = after;
	if (rc)
		evidence_free(ev);
	return rc;
}

static bool has_nonce(const struct evidence *ev, const uint8_t *nonce)
{
	return ev->measurements.size >= REQUEST_NONCE + EVIDENCE_NONCE_SIZE &&
	       !memcmp(ev->measurements.data + REQUEST_NONCE, nonce, EVIDENCE_NONCE_SIZE);
}

static int add_nonce(struct evidence *ev, const uint8_t *nonce)
{
	ev->nonce.data = malloc(EVIDENCE_NONCE_SIZE);
	if (!ev->nonce.data)
		return -ENOMEM;
	memcpy(ev->nonce.data, nonce, EVIDENCE_NONCE_SIZE);
	ev->nonce.size = EVIDENCE_NONCE_SIZE;
	return 0;
}

static int unreadable(const struct function *fn, const char *path, int rc)
{
	switch (rc) {
	case -EAGAIN:
		complain("%s: its evidence was collected anew again and again by another program",
			 fn->address);
		return -ESTALE;
	case -ENODATA:
		complain("%s: it has no evidence: lock it, or collect it: pcitsm evidence %s DIR",
			 fn->address, fn->address);
		return rc;
	case -ENOENT:
		complain("%s: there is no %s: no TSM is here, or the function is gone",
			 fn->address, path);
		return -EOPNOTSUPP;
	case -EACCES:
		complain("%s: only root may read %s; run it as root", fn->address, path);
		return rc;
	case -EFBIG:
		complain("%s: %s is larger than it can be", fn->address, path);
		return rc;
	case -EPROTO:
		complain("%s: %s does not have what the kernel writes there", fn->address, path);
		return rc;
	default:
		complain("%s: %s cannot be read: %s", fn->address, path, strerror(-rc));
		return rc;
	}
}

int function_collect(struct function *fn, const uint8_t *nonce, struct evidence *ev)
{
	const char *path = "";
	int rc = -EAGAIN;

	*ev = (struct evidence) { 0 };
	for (int i = 0; i < TRIES && rc == -EAGAIN; i++) {
		/* If another program collected after us, it has to be done again */
		if (nonce) {
			rc = function_write(fn, WRITE_NONCE, "tsm/nonce", nonce,
					    EVIDENCE_NONCE_SIZE);
			if (rc)
				return rc;
		}
		rc = read_once(fn, ev, &path);
		if (!rc && nonce && !has_nonce(ev, nonce)) {
			evidence_free(ev);
			rc = -EAGAIN;
		}
	}
	if (!rc && nonce) {
		rc = add_nonce(ev, nonce);
		if (rc)
			evidence_free(ev);
	}
	return rc ? unreadable(fn, path, rc) : 0;
}
