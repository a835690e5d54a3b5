/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor: evidence objects of a TDI
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "blob.h"
#include "monitor.h"

struct vdev;

/* RMI and RHI number them alike; so does CLASS of the fault port */
enum object_id {
	OBJECT_VCA = 0,
	OBJECT_CERT = 1,
	OBJECT_MEAS = 2,
	OBJECT_REPORT = 3,
	OBJECT_COUNT,
};

/**
 * struct object - an evidence object
 * @copy: the host's copy, and that of the collection before; empty if none
 * @current: index of the former
 * @digest: the RMM's: SHA-256 of the object as it came from the device
 * @instead: what the host serves for it, if a fault wants that
 * @grown: zeros that the host serves after its end
 */
struct object {
	struct blob copy[2];
	unsigned int current;
	u8 digest[SHA256_SIZE];
	const struct blob *instead;
	u32 grown;
};

/**
 * struct served - what the host serves as an object
 * @blob: the bytes
 * @size: how many; what is more than @blob has is zeros
 */
struct served {
	const struct blob *blob;
	u64 size;
};

void evidence_forget(struct vdev *v);
bool evidence_connect(struct vdev *v);
bool evidence_measure(struct vdev *v);
void evidence_report(struct vdev *v);
bool evidence_has(const struct vdev *v, enum object_id id);
bool evidence_serve(struct vdev *v, enum object_id id, struct served *served);
u64 evidence_size(struct vdev *v, enum object_id id, const struct served *served);
void evidence_read(struct vdev *v, enum object_id id, const struct served *served,
		   u64 offset, u8 *to, u64 len);
void evidence_honest(struct vdev *v);

#endif /* EVIDENCE_H */
