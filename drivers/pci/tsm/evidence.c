// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: the evidence of one LOCK session, and the digest by which
 * userspace names what it verified.
 *
 * The digest is over a canonical form that has what says which device this is
 * and in what condition, and nothing that differs from one collection to the
 * next. Documentation/PCI/tsm-guest.rst specifies it byte for byte: it is ABI.
 *
 * Signatures are the verifier's job. Here the objects are only taken apart, and
 * what is not well-formed is refused.
 */

#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <crypto/sha2.h>
#include <linux/array_size.h>
#include <linux/cleanup.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include "ops.h"
#include "report.h"
#include "spdm.h"
#include "tsm.h"

#define CANONICAL_MAGIC		"PCITSM"
#define CANONICAL_VERSION	1

/* DMTFSpecMeasurementValueType of SPDM 1.3 */
#define SPDM_MEAS_INFORMATIONAL	9

/* Readers of the objects of one collection that can go on */
#define EVIDENCE_READERS	64

/**
 * struct pci_tsm_evidence - what one collection gave; does not change
 * @refs: references
 * @collection: the objects
 * @report: the interface report, refers to @collection
 * @digest: SHA-384 of the canonical form
 * @readers_lock: protects what follows
 * @reader: who has begun to read an object of this collection
 * @next_reader: where the next one goes; takes the place of the oldest
 */
struct pci_tsm_evidence {
	refcount_t refs;
	struct pci_tsm_collection collection;
	struct pci_tsm_report report;
	u8 digest[PCI_TSM_DIGEST_SIZE];
	spinlock_t readers_lock; /* innermost */
	const void *reader[EVIDENCE_READERS] __guarded_by(&readers_lock);
	unsigned int next_reader __guarded_by(&readers_lock);
};

static const char * const object_names[] = {
	[PCI_TSM_CERTIFICATES] = "certificates",
	[PCI_TSM_VCA] = "vca",
	[PCI_TSM_MEASUREMENTS] = "measurements",
	[PCI_TSM_REPORT] = "report",
};

static_assert(ARRAY_SIZE(object_names) == PCI_TSM_NR_OBJECTS);

static void canon_u8(struct sha384_ctx *ctx, u8 val)
{
	sha384_update(ctx, &val, sizeof(val));
}

static void canon_u16(struct sha384_ctx *ctx, u16 val)
{
	u8 buf[sizeof(val)];

	put_unaligned_le16(val, buf);
	sha384_update(ctx, buf, sizeof(buf));
}

static void canon_u32(struct sha384_ctx *ctx, u32 val)
{
	u8 buf[sizeof(val)];

	put_unaligned_le32(val, buf);
	sha384_update(ctx, buf, sizeof(buf));
}

static void canon_u64(struct sha384_ctx *ctx, u64 val)
{
	u8 buf[sizeof(val)];

	put_unaligned_le64(val, buf);
	sha384_update(ctx, buf, sizeof(buf));
}

static void canon_spdm(struct sha384_ctx *ctx, const struct pci_tsm_spdm_vca *vca,
		       u8 slot)
{
	canon_u8(ctx, vca->version);
	canon_u8(ctx, slot);
	canon_u8(ctx, vca->meas_spec);
	canon_u8(ctx, 0);
	canon_u32(ctx, vca->meas_hash_algo);
	canon_u32(ctx, vca->base_asym_algo);
	canon_u32(ctx, vca->base_hash_algo);
}

static void canon_blocks(struct sha384_ctx *ctx,
			 const struct pci_tsm_spdm_meas *meas)
{
	struct pci_tsm_spdm_block block;

	canon_u32(ctx, meas->nr_blocks);
	for (unsigned int index = 0; index <= U8_MAX; index++) {
		if (!pci_tsm_spdm_block(meas, index, &block))
			continue;

		/* Informational by definition: says nothing about the device */
		if ((block.type & ~SPDM_MEAS_RAW) == SPDM_MEAS_INFORMATIONAL)
			block.size = 0;

		canon_u8(ctx, block.index);
		canon_u8(ctx, block.spec);
		canon_u8(ctx, block.type);
		canon_u8(ctx, 0);
		canon_u16(ctx, block.size);
		sha384_update(ctx, block.value, block.size);
	}
}

/*
 * A range is where it is in its BAR: the rest of the address is up to the TSM,
 * which may choose another one each time. @base is the first page of the first
 * range with the same Range ID.
 */
static void canon_range(struct sha384_ctx *ctx, struct pci_tsm_devsec *tsm,
			const struct pci_tsm_report_range *range, u64 base)
{
	u64 bar = 0, offset = range->first_page - base;

	if (range->id < PCI_STD_NUM_BARS)
		bar = pci_tsm_bar_size(tsm->pdev, range->id) >> PCI_TSM_PAGE_SHIFT;
	if (pci_tsm_ops(tsm)->mmio_offset == PCI_TSM_OFFSET_BAR_ALIGN &&
	    is_power_of_2(bar))
		offset = range->first_page & (bar - 1);

	canon_u64(ctx, offset);
	canon_u64(ctx, bar);
	canon_u32(ctx, range->pages);
	canon_u16(ctx, range->attr);
	canon_u16(ctx, range->id);
}

static void canon_report(struct sha384_ctx *ctx, struct pci_tsm_devsec *tsm,
			 const struct pci_tsm_report *report)
{
	struct pci_tsm_report_range range;
	u64 base = 0;
	int id = -1;

	canon_u16(ctx, report->interface_info);
	canon_u16(ctx, report->reserved);
	canon_u16(ctx, report->msix_control);
	canon_u16(ctx, report->lnr_control);
	canon_u32(ctx, report->tph_control);
	canon_u32(ctx, report->nr_ranges);
	for (u32 i = 0; i < report->nr_ranges; i++) {
		pci_tsm_report_range(report, i, &range);
		if (range.id != id) {
			id = range.id;
			base = range.first_page;
		}
		canon_range(ctx, tsm, &range, base);
	}
	canon_u32(ctx, report->info_len);
	sha384_update(ctx, report->info, report->info_len);
}

static void evidence_digest(struct pci_tsm_devsec *tsm,
			    struct pci_tsm_evidence *evidence,
			    const struct pci_tsm_spdm_vca *vca,
			    const struct pci_tsm_spdm_meas *meas)
{
	const struct pci_tsm_collection *c = &evidence->collection;
	struct sha384_ctx ctx;

	sha384_init(&ctx);
	sha384_update(&ctx, CANONICAL_MAGIC, strlen(CANONICAL_MAGIC));
	canon_u16(&ctx, CANONICAL_VERSION);
	canon_spdm(&ctx, vca, meas->slot);
	canon_u32(&ctx, c->object[PCI_TSM_CERTIFICATES].len);
	sha384_update(&ctx, c->object[PCI_TSM_CERTIFICATES].data,
		      c->object[PCI_TSM_CERTIFICATES].len);
	canon_blocks(&ctx, meas);
	canon_u16(&ctx, c->lock_flags_known);
	canon_u16(&ctx, c->lock_flags & c->lock_flags_known);
	canon_report(&ctx, tsm, &evidence->report);
	sha384_final(&ctx, evidence->digest);
}

static int check_sizes(struct pci_tsm_devsec *tsm,
		       const struct pci_tsm_collection *c)
{
	static const size_t max[] = {
		[PCI_TSM_CERTIFICATES] = PCI_TSM_OBJECT_MAX,
		[PCI_TSM_VCA] = PCI_TSM_VCA_MAX,
		[PCI_TSM_MEASUREMENTS] = PCI_TSM_OBJECT_MAX,
		[PCI_TSM_REPORT] = PCI_TSM_REPORT_MAX,
	};

	for (int i = 0; i < PCI_TSM_NR_OBJECTS; i++) {
		size_t len = c->object[i].data ? c->object[i].len : 0;

		if (!len || len > max[i]) {
			pci_err(tsm->pdev, "evidence: %s of %zu bytes\n",
				object_names[i], len);
			return -EBADMSG;
		}
	}
	return 0;
}

static int refuse_object(struct pci_tsm_devsec *tsm, enum pci_tsm_object object)
{
	pci_err(tsm->pdev, "evidence: %s malformed\n", object_names[object]);
	return -EBADMSG;
}

/* Take the objects apart. What verifies is a whole, so none may be odd. */
static int evidence_parse(struct pci_tsm_devsec *tsm, const u8 *nonce,
			  struct pci_tsm_evidence *evidence)
{
	const struct pci_tsm_collection *c = &evidence->collection;
	struct pci_tsm_spdm_vca vca;
	int rc;

	struct pci_tsm_spdm_meas *meas __free(kfree) = kzalloc_obj(*meas);
	if (!meas)
		return -ENOMEM;

	rc = check_sizes(tsm, c);
	if (rc)
		return rc;

	if (pci_tsm_spdm_check_chain(c->object[PCI_TSM_CERTIFICATES].data,
				     c->object[PCI_TSM_CERTIFICATES].len))
		return refuse_object(tsm, PCI_TSM_CERTIFICATES);

	if (pci_tsm_spdm_parse_vca(c->object[PCI_TSM_VCA].data,
				   c->object[PCI_TSM_VCA].len, &vca))
		return refuse_object(tsm, PCI_TSM_VCA);

	if (pci_tsm_spdm_parse_meas(c->object[PCI_TSM_MEASUREMENTS].data,
				    c->object[PCI_TSM_MEASUREMENTS].len, &vca,
				    meas))
		return refuse_object(tsm, PCI_TSM_MEASUREMENTS);

	if (memcmp(meas->nonce, nonce, PCI_TSM_NONCE_SIZE)) {
		pci_err(tsm->pdev, "evidence: measurements are not for the nonce\n");
		return -ESTALE;
	}

	if (pci_tsm_report_parse(c->object[PCI_TSM_REPORT].data,
				 c->object[PCI_TSM_REPORT].len,
				 &evidence->report)) {
		pci_err(tsm->pdev, "evidence: report malformed: %s\n",
			evidence->report.error);
		return -EBADMSG;
	}

	evidence_digest(tsm, evidence, &vca, meas);
	return 0;
}

static bool object_differs(const struct pci_tsm_evidence *a,
			   const struct pci_tsm_evidence *b,
			   enum pci_tsm_object object)
{
	size_t len = a->collection.object[object].len;

	return b->collection.object[object].len != len ||
	       memcmp(a->collection.object[object].data,
		      b->collection.object[object].data, len);
}

static bool lock_flags_differ(const struct pci_tsm_collection *a,
			      const struct pci_tsm_collection *b)
{
	return a->lock_flags_known != b->lock_flags_known ||
	       (a->lock_flags ^ b->lock_flags) & a->lock_flags_known;
}

static bool report_differs(struct pci_tsm_devsec *tsm,
			   const struct pci_tsm_evidence *a,
			   const struct pci_tsm_evidence *b)
{
	const struct pci_tsm_evidence *evidence[] = { a, b };
	u8 digest[ARRAY_SIZE(evidence)][PCI_TSM_DIGEST_SIZE];
	struct sha384_ctx ctx;

	for (int i = 0; i < ARRAY_SIZE(evidence); i++) {
		sha384_init(&ctx);
		canon_report(&ctx, tsm, &evidence[i]->report);
		sha384_final(&ctx, digest[i]);
	}
	return memcmp(digest[0], digest[1], PCI_TSM_DIGEST_SIZE);
}

/* What of two measurement blocks the canonical form has */
static bool block_differs(const struct pci_tsm_spdm_block *a,
			  const struct pci_tsm_spdm_block *b)
{
	if (a->spec != b->spec || a->type != b->type)
		return true;
	if ((a->type & ~SPDM_MEAS_RAW) == SPDM_MEAS_INFORMATIONAL)
		return false;

	return a->size != b->size || memcmp(a->value, b->value, a->size);
}

/* The first index where measurements differ, and how; -1 if none does */
static int find_block(const struct pci_tsm_spdm_meas *accepted,
		      const struct pci_tsm_spdm_meas *meas, const char **how)
{
	struct pci_tsm_spdm_block a, b;

	for (unsigned int index = 0; index <= U8_MAX; index++) {
		bool was = pci_tsm_spdm_block(accepted, index, &a);
		bool is = pci_tsm_spdm_block(meas, index, &b);

		if (was && is && block_differs(&a, &b))
			*how = "differs";
		else if (was && !is)
			*how = "missing";
		else if (!was && is)
			*how = "added";
		else
			continue;
		return index;
	}
	return -1;
}

struct parsed {
	struct pci_tsm_spdm_vca vca;
	struct pci_tsm_spdm_meas meas;
};

/* As when the evidence was collected, so it does not fail */
static int parse_again(const struct pci_tsm_evidence *evidence,
		       struct parsed *parsed)
{
	const struct pci_tsm_collection *c = &evidence->collection;

	return pci_tsm_spdm_parse_vca(c->object[PCI_TSM_VCA].data,
				      c->object[PCI_TSM_VCA].len, &parsed->vca) ?:
	       pci_tsm_spdm_parse_meas(c->object[PCI_TSM_MEASUREMENTS].data,
				       c->object[PCI_TSM_MEASUREMENTS].len,
				       &parsed->vca, &parsed->meas);
}

static bool vca_differs(const struct pci_tsm_spdm_vca *a,
			const struct pci_tsm_spdm_vca *b)
{
	return a->version != b->version || a->meas_spec != b->meas_spec ||
	       a->meas_hash_algo != b->meas_hash_algo ||
	       a->base_asym_algo != b->base_asym_algo ||
	       a->base_hash_algo != b->base_hash_algo;
}

static void find_difference(struct pci_tsm_devsec *tsm,
			    const struct pci_tsm_evidence *accepted,
			    const struct pci_tsm_evidence *evidence, char *why,
			    size_t size)
{
	const char *how = NULL;
	int index;

	strscpy(why, "evidence differs", size);
	if (object_differs(accepted, evidence, PCI_TSM_CERTIFICATES)) {
		strscpy(why, "certificates differ", size);
		return;
	}

	struct parsed *p __free(kfree) = kzalloc_objs(*p, 2);
	if (!p || parse_again(accepted, &p[0]) || parse_again(evidence, &p[1]))
		return;

	index = find_block(&p[0].meas, &p[1].meas, &how);
	if (index >= 0)
		scnprintf(why, size, "measurement 0x%02x %s", index, how);
	else if (vca_differs(&p[0].vca, &p[1].vca))
		strscpy(why, "algorithms differ", size);
	else if (p[0].meas.slot != p[1].meas.slot)
		strscpy(why, "certificate slot differs", size);
	else if (lock_flags_differ(&accepted->collection,
				   &evidence->collection))
		strscpy(why, "lock flags differ", size);
	else if (report_differs(tsm, accepted, evidence))
		strscpy(why, "report differs", size);
	else
		strscpy(why, "bars differ", size);
}

/**
 * pci_tsm_evidence_same() - is it what was accepted?
 * @tsm: the function's context
 * @accepted: evidence that was accepted
 * @evidence: evidence of another LOCK session
 * @why: if not, the first difference in words
 * @size: of @why
 *
 * Context: Process context.
 * Return: true if both have the same digest.
 */
bool pci_tsm_evidence_same(struct pci_tsm_devsec *tsm,
			   const struct pci_tsm_evidence *accepted,
			   const struct pci_tsm_evidence *evidence, char *why,
			   size_t size)
{
	if (!memcmp(accepted->digest, evidence->digest, PCI_TSM_DIGEST_SIZE))
		return true;

	find_difference(tsm, accepted, evidence, why, size);
	return false;
}

static struct pci_tsm_evidence *evidence_alloc(void)
{
	struct pci_tsm_evidence *evidence = kzalloc_obj(*evidence);

	if (!evidence)
		return NULL;

	refcount_set(&evidence->refs, 1);
	spin_lock_init(&evidence->readers_lock);
	return evidence;
}

/**
 * pci_tsm_evidence_collect() - collect evidence of the LOCK session
 * @tsm: the function's context, LOCKED or in RUN
 * @nonce: %PCI_TSM_NONCE_SIZE bytes that the measurements are to be signed for
 * @evidence: the result, for pci_tsm_evidence_put(); not set on failure
 *
 * Context: Process context, under the function's lock. Sleeps as long as TSM
 * operations do.
 * Return:
 * * %0        - OK
 * * %-EBADMSG - an object is malformed, or not what the TSM saw
 * * %-ESTALE  - of another LOCK session, or not for @nonce
 * * %-ENOMEM  - out of memory
 * * other     - error of the TSM
 */
int pci_tsm_evidence_collect(struct pci_tsm_devsec *tsm, const u8 *nonce,
			     struct pci_tsm_evidence **evidence)
{
	int rc;

	struct pci_tsm_evidence *new __free(pci_tsm_evidence) = evidence_alloc();
	if (!new)
		return -ENOMEM;

	rc = tsm_op(tsm, "collect",
		    pci_tsm_ops(tsm)->collect(tsm, nonce, &new->collection));
	if (rc)
		return rc;

	rc = evidence_parse(tsm, nonce, new);
	if (rc)
		return rc;

	*evidence = no_free_ptr(new);
	return 0;
}

/**
 * pci_tsm_evidence_get() - take a reference
 * @evidence: the evidence
 *
 * Context: Any, while a reference is held.
 * Return: @evidence.
 */
struct pci_tsm_evidence *pci_tsm_evidence_get(struct pci_tsm_evidence *evidence)
{
	refcount_inc(&evidence->refs);
	return evidence;
}

/**
 * pci_tsm_evidence_put() - drop a reference
 * @evidence: the evidence
 *
 * Context: Process context, no spinlock held.
 */
void pci_tsm_evidence_put(struct pci_tsm_evidence *evidence)
{
	if (!refcount_dec_and_test(&evidence->refs))
		return;

	for (int i = 0; i < PCI_TSM_NR_OBJECTS; i++)
		kvfree(evidence->collection.object[i].data);
	kfree(evidence);
}

/**
 * pci_tsm_evidence_digest() - by what userspace names the evidence
 * @evidence: the evidence
 *
 * Return: %PCI_TSM_DIGEST_SIZE bytes, SHA-384 of the canonical form.
 */
const u8 *pci_tsm_evidence_digest(const struct pci_tsm_evidence *evidence)
{
	return evidence->digest;
}

/**
 * pci_tsm_evidence_report() - the interface report of the evidence
 * @evidence: the evidence
 *
 * Return: the report, valid as long as @evidence is.
 */
const struct pci_tsm_report *
pci_tsm_evidence_report(const struct pci_tsm_evidence *evidence)
{
	return &evidence->report;
}

/**
 * pci_tsm_evidence_collection() - what the TSM collected
 * @evidence: the evidence
 *
 * Return: the collection, valid as long as @evidence is.
 */
const struct pci_tsm_collection *
pci_tsm_evidence_collection(const struct pci_tsm_evidence *evidence)
{
	return &evidence->collection;
}

/**
 * pci_tsm_evidence_msix_unlocked() - can the host have the MSI-X table?
 * @evidence: the evidence
 *
 * Return: true if the TSM is known not to have locked it.
 */
bool pci_tsm_evidence_msix_unlocked(const struct pci_tsm_evidence *evidence)
{
	const struct pci_tsm_collection *c = &evidence->collection;

	return c->lock_flags_known & ~c->lock_flags & PCI_TSM_LOCK_MSIX;
}

/* Only who began with these objects may go on with them */
static bool may_read(struct pci_tsm_evidence *evidence, const void *reader,
		     bool begins)
{
	guard(spinlock)(&evidence->readers_lock);

	for (int i = 0; i < EVIDENCE_READERS; i++)
		if (evidence->reader[i] == reader)
			return true;

	if (!begins)
		return false;

	evidence->reader[evidence->next_reader] = reader;
	evidence->next_reader = (evidence->next_reader + 1) % EVIDENCE_READERS;
	return true;
}

/**
 * pci_tsm_evidence_read() - read a part of an object
 * @evidence: the evidence
 * @object: which object
 * @reader: what tells one reader from another, such as its &struct file; is not
 *	    looked into
 * @buf: where to
 * @pos: where in the object
 * @count: how much at most, in bytes
 *
 * An object is read in several parts, between which another collection can take
 * its place. A reader that has not begun with this one, at @pos 0, is refused:
 * nobody gets the start of one object and the end of another. When very many
 * read at once, some of them may have to begin again.
 *
 * Context: Process context.
 * Return: how much was read, 0 at the end, or %-ESTALE if the reader has to
 * begin again.
 */
ssize_t pci_tsm_evidence_read(struct pci_tsm_evidence *evidence,
			      enum pci_tsm_object object, const void *reader,
			      char *buf, loff_t pos, size_t count)
{
	const void *data = evidence->collection.object[object].data;
	size_t len = evidence->collection.object[object].len;

	if (!may_read(evidence, reader, !pos))
		return -ESTALE;

	return memory_read_from_buffer(buf, count, &pos, data, len);
}
