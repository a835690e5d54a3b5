// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: evidence objects of a TDI
 *
 * Two parties at once: the RMM, which sees the bytes on their way from the device
 * and keeps a digest of them, and the untrusted host, which keeps the bytes and
 * serves them to the guest.
 */
#include "vdev.h"

/* The monitor lock is held: one object at a time is on its way */
static struct blob incoming;

/* What was the current copy, if there was one, is the one before from now on */
static void retire(struct object *o)
{
	if (o->copy[o->current].len)
		o->current ^= 1;
	o->copy[o->current].len = 0;
	o->instead = NULL;
	o->grown = 0;
	memset(o->digest, 0, sizeof(o->digest));
}

static void flip(struct vdev *v, enum object_id id, u32 kind, struct blob *blob)
{
	struct fault_rule rule;

	if (fault_take(v, kind, id, &rule) && rule.value < blob->len)
		blob->data[rule.value] ^= rule.value2;
}

/* @incoming came from the device */
static void collected(struct vdev *v, enum object_id id)
{
	struct object *o = &v->object[id];
	struct blob *copy;

	retire(o);
	copy = &o->copy[o->current];
	blob_append(copy, incoming.data, incoming.len);
	flip(v, id, FAULT_DEVICE_FLIP, copy);
	sha256(copy->data, copy->len, o->digest);
	flip(v, id, FAULT_HOST_FLIP, copy);
}

/**
 * evidence_forget - evidence belongs to one LOCK session, which is over
 * @v: the TDI
 *
 * Context: monitor lock held.
 */
void evidence_forget(struct vdev *v)
{
	for (unsigned int i = 0; i < OBJECT_COUNT; i++)
		retire(&v->object[i]);
	v->report_nonce = 0;
	v->meas_nonce = 0;
}

/**
 * evidence_connect - connect to the DSM: VCA and certificates
 * @v: the TDI
 *
 * Context: monitor lock held.
 * Return: false if that does not work out
 */
bool evidence_connect(struct vdev *v)
{
	if (!spdm_connect(&v->spdm, &incoming))
		return false;
	collected(v, OBJECT_VCA);
	if (!spdm_get_chain(&v->spdm, &incoming))
		return false;
	collected(v, OBJECT_CERT);
	return true;
}

/**
 * evidence_measure - collect measurements with the nonce that the guest gave
 * @v: the TDI
 *
 * Context: monitor lock held.
 * Return: false if the device gives none; what was collected before is still there
 */
bool evidence_measure(struct vdev *v)
{
	u8 nonce[SPDM_NONCE_SIZE];
	struct fault_rule rule;

	memcpy(nonce, v->nonce, sizeof(nonce));
	if (fault_take(v, FAULT_NONCE, OBJECT_MEAS, &rule)) {
		for (unsigned int i = 0; i < sizeof(nonce); i++)
			nonce[i] = random_u64();
	}
	if (!spdm_get_measurements(&v->spdm, nonce, &incoming))
		return false;
	collected(v, OBJECT_MEAS);
	v->meas_nonce = random_u64();
	return true;
}

/**
 * evidence_report - collect the interface report
 * @v: the TDI
 *
 * Context: monitor lock held.
 */
void evidence_report(struct vdev *v)
{
	report_build(v, &incoming);
	collected(v, OBJECT_REPORT);
	v->report_nonce = random_u64();
}

/**
 * evidence_has - was this object collected in this LOCK session?
 * @v: the TDI
 * @id: the object
 *
 * Context: monitor lock held.
 * Return: true if so
 */
bool evidence_has(const struct vdev *v, enum object_id id)
{
	const struct object *o = &v->object[id];

	return o->copy[o->current].len;
}

/**
 * evidence_serve - what the host serves as an object
 * @v: the TDI
 * @id: the object
 * @served: set to it
 *
 * Another object in its place stays there until it was read to its end.
 *
 * Context: monitor lock held; once per call, as rules count calls.
 * Return: false if there is nothing
 */
bool evidence_serve(struct vdev *v, enum object_id id, struct served *served)
{
	struct object *o = &v->object[id];
	struct fault_rule rule;

	if (!o->instead && fault_take(v, FAULT_STALE, id, &rule))
		o->instead = &o->copy[o->current ^ 1];
	if (!o->instead && fault_take(v, FAULT_FOREIGN, id, &rule)) {
		const struct object *other = &vdev_at(rule.value)->object[id];

		o->instead = &other->copy[other->current];
	}
	served->blob = o->instead ? o->instead : &o->copy[o->current];
	served->size = (u64)served->blob->len + o->grown;
	if (served->blob->len)
		return true;
	o->instead = NULL;
	return false;
}

/**
 * evidence_size - size of an object, as the host says
 * @v: the TDI
 * @id: the object
 * @served: what is served for it
 *
 * Context: monitor lock held; once per call, as rules count calls.
 * Return: the size
 */
u64 evidence_size(struct vdev *v, enum object_id id, const struct served *served)
{
	struct fault_rule rule;

	if (fault_take(v, FAULT_GROW, id, &rule))
		v->object[id].grown = rule.value;
	return fault_take(v, FAULT_SIZE, id, &rule) ? rule.value : served->size;
}

/**
 * evidence_read - read from an object
 * @v: the TDI
 * @id: the object
 * @served: what is served for it
 * @offset: where from
 * @to: where to
 * @len: bytes, not more than there are from @offset on
 *
 * Context: monitor lock held.
 */
void evidence_read(struct vdev *v, enum object_id id, const struct served *served,
		   u64 offset, u8 *to, u64 len)
{
	memset(to, 0, len);
	if (offset < served->blob->len)
		memcpy(to, served->blob->data + offset,
		       min(len, served->blob->len - offset));
	if (offset + len == served->size)
		v->object[id].instead = NULL;
}

/**
 * evidence_honest - from now on the host serves what was collected
 * @v: the TDI
 *
 * Context: monitor lock held.
 */
void evidence_honest(struct vdev *v)
{
	for (unsigned int i = 0; i < OBJECT_COUNT; i++) {
		v->object[i].instead = NULL;
		v->object[i].grown = 0;
	}
}
