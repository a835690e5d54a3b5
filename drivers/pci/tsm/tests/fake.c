// SPDX-License-Identifier: GPL-2.0
/* PCI/TSM guest side: fake TSM and functions for KUnit, see fake.h */

#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tsm.h>
#include <linux/unaligned.h>
#include "fake.h"

struct fake_ctx {
	struct pci_tsm_devsec base;
	struct fake_tsm *tsm;
	struct fake_dev *dev;
};

static struct fake_tsm *current_tsm;

static struct fake_ctx *to_ctx(struct pci_tsm_devsec *tsm)
{
	return container_of(tsm, struct fake_ctx, base);
}

static void fake_latency(struct fake_tsm *tsm)
{
	scoped_guard(mutex, &tsm->op_lock)
		tsm->inside_max = max(tsm->inside_max, ++tsm->inside);
	msleep(tsm->latency_ms);
	scoped_guard(mutex, &tsm->op_lock)
		tsm->inside--;
}

/**
 * fake_hook() - call the hook of a test, if it has one
 * @tsm: the TSM
 * @dev: the function
 * @op: what is about to happen
 */
void fake_hook(struct fake_tsm *tsm, struct fake_dev *dev, const char *op)
{
	void (*hook)(struct fake_tsm *tsm, struct fake_dev *dev, const char *op) =
		READ_ONCE(tsm->hook);

	if (hook)
		hook(tsm, dev, op);
}

/* Every operation but remove() passes here, so that any can be made to fail */
const struct fake_sweep fake_sweeps[] = {
	{ "refused", -EPERM },
	{ "timeout", -ETIMEDOUT },
	{ "interrupted", -EINTR },
	{ "device dies", -EIO, true },
};

static int fake_op(struct fake_tsm *tsm, struct fake_dev *dev, const char *op)
{
	fake_hook(tsm, dev, op);
	if (tsm->latency_ms)
		fake_latency(tsm);

	guard(mutex)(&tsm->op_lock);
	if (tsm->fail_op && strcmp(tsm->fail_op, op))
		return 0;
	if (++tsm->calls != tsm->fail_at &&
	    !(tsm->fail_on && tsm->calls > tsm->fail_at))
		return 0;

	tsm->failed = true;
	/* What dies before it was locked is found when it is to be locked */
	if (tsm->fail_dead &&
	    (dev->state != PCI_TSM_UNLOCKED || !strcmp(op, "lock"))) {
		dev->state = PCI_TSM_ERROR;
		dev->dma = false;
	}
	return tsm->fail_rc;
}

static struct pci_tsm_devsec *fake_op_probe(struct tsm_dev *tsm_dev,
					    struct pci_dev *pdev)
{
	struct fake_tsm *tsm = current_tsm;
	struct fake_dev *dev;
	struct fake_ctx *ctx;
	int rc;

	list_for_each_entry(dev, &tsm->devs, node)
		if (dev->pdev == pdev)
			goto found;
	return NULL;
found:
	rc = fake_op(tsm, dev, "probe");
	if (rc)
		return ERR_PTR(rc);

	ctx = kzalloc_obj(*ctx);
	if (!ctx)
		return ERR_PTR(-ENOMEM);

	ctx->tsm = tsm;
	ctx->dev = dev;
	ctx->base.pdev = pdev;
	ctx->base.tsm_dev = tsm_dev;
	dev->contexts++;
	return &ctx->base;
}

static void fake_op_remove(struct pci_tsm_devsec *tsm)
{
	struct fake_ctx *ctx = to_ctx(tsm);

	ctx->dev->contexts--;
	kfree(ctx);
}

static int fake_op_lock(struct pci_tsm_devsec *tsm)
{
	struct fake_ctx *ctx = to_ctx(tsm);
	struct fake_dev *dev = ctx->dev;
	int rc = fake_op(ctx->tsm, dev, "lock");

	if (rc)
		return rc;
	if (dev->state != PCI_TSM_UNLOCKED)
		return -EPROTO;

	dev->state = PCI_TSM_LOCKED;
	return 0;
}

static int fake_object(struct pci_tsm_collection *c, enum pci_tsm_object object,
		       const void *data, size_t len)
{
	c->object[object].data = kvmemdup(data, len, GFP_KERNEL);
	c->object[object].len = len;
	return c->object[object].data ? 0 : -ENOMEM;
}

static int fake_collect(struct fake_dev *dev, const u8 *nonce,
			struct pci_tsm_collection *c)
{
	static const u8 other[PCI_TSM_NONCE_SIZE];
	int rc;

	u8 *buf __free(kfree) = kmalloc(SZ_1K, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;

	dev->collections++;
	c->lock_flags = 1;
	c->lock_flags_known = 3;
	rc = fake_object(c, PCI_TSM_CERTIFICATES, buf,
			 fake_certificates(dev, buf));
	rc = rc ?: fake_object(c, PCI_TSM_VCA, buf, fake_vca(buf));
	rc = rc ?: fake_object(c, PCI_TSM_MEASUREMENTS, buf,
			       fake_measurements(dev, dev->other_nonce ? other : nonce,
						 buf));
	rc = rc ?: fake_object(c, PCI_TSM_REPORT, dev->report, dev->report_len);
	if (rc || !dev->replace)
		return rc;

	kvfree(c->object[dev->replaced].data);
	return fake_object(c, dev->replaced, dev->replace, dev->replace_len);
}

static int fake_op_collect(struct pci_tsm_devsec *tsm, const u8 *nonce,
			   struct pci_tsm_collection *c)
{
	struct fake_ctx *ctx = to_ctx(tsm);
	struct fake_dev *dev = ctx->dev;
	int rc = fake_op(ctx->tsm, dev, "collect");

	if (rc)
		return rc;
	if (dev->state != PCI_TSM_LOCKED && dev->state != PCI_TSM_RUN)
		return -EPROTO;

	return fake_collect(dev, nonce, c);
}

static int fake_op_unlock(struct pci_tsm_devsec *tsm)
{
	struct fake_ctx *ctx = to_ctx(tsm);
	struct fake_dev *dev = ctx->dev;
	int rc = fake_op(ctx->tsm, dev, "unlock");

	if (rc)
		return rc;
	/* As in a real TSM: no unlock while MMIO is private */
	if (dev->private)
		return -EPROTO;

	dev->dma = false;
	dev->state = PCI_TSM_UNLOCKED;
	return 0;
}

static int fake_op_run(struct pci_tsm_devsec *tsm)
{
	struct fake_ctx *ctx = to_ctx(tsm);
	struct fake_dev *dev = ctx->dev;
	int rc = fake_op(ctx->tsm, dev, "run");

	if (rc)
		return rc;
	if (dev->state != PCI_TSM_LOCKED)
		return -EPROTO;

	dev->state = dev->dies_at_run ? PCI_TSM_ERROR : PCI_TSM_RUN;
	dev->svn += dev->svn_at_run;
	return 0;
}

static int fake_op_query(struct pci_tsm_devsec *tsm, enum pci_tsm_state *state)
{
	struct fake_ctx *ctx = to_ctx(tsm);
	int rc = fake_op(ctx->tsm, ctx->dev, "query");

	if (!rc)
		*state = ctx->dev->state;
	return rc;
}

static int fake_op_mmio_validate(struct pci_tsm_devsec *tsm,
				 const struct pci_tsm_mmio_range *range)
{
	struct fake_ctx *ctx = to_ctx(tsm);
	struct fake_dev *dev = ctx->dev;
	struct resource *res = pci_resource_n(tsm->pdev, range->bar);
	int rc = fake_op(ctx->tsm, dev, "mmio_validate");

	if (rc)
		return rc;
	if (dev->state != PCI_TSM_LOCKED || range->start < res->start ||
	    range->start + range->size - 1 > res->end)
		return -EPROTO;

	dev->private += range->size;
	return 0;
}

static int fake_op_mmio_teardown(struct pci_tsm_devsec *tsm,
				 const struct pci_tsm_mmio_range *range)
{
	struct fake_ctx *ctx = to_ctx(tsm);
	struct fake_dev *dev = ctx->dev;
	int rc = fake_op(ctx->tsm, dev, "mmio_teardown");

	if (rc)
		return rc;
	/* Tearing down what is shared already is no error */
	dev->private -= min(dev->private, range->size);
	return 0;
}

static int fake_op_dma_enable(struct pci_tsm_devsec *tsm)
{
	struct fake_ctx *ctx = to_ctx(tsm);
	int rc = fake_op(ctx->tsm, ctx->dev, "dma_enable");

	if (rc)
		return rc;
	if (ctx->dev->state != PCI_TSM_RUN)
		return -EPROTO;

	ctx->dev->dma = true;
	return 0;
}

static int fake_op_dma_disable(struct pci_tsm_devsec *tsm)
{
	struct fake_ctx *ctx = to_ctx(tsm);
	int rc = fake_op(ctx->tsm, ctx->dev, "dma_disable");

	if (rc)
		return rc;

	ctx->dev->dma = false;
	return 0;
}

static const struct pci_tsm_devsec_ops fake_devsec_ops = {
	.probe = fake_op_probe,
	.remove = fake_op_remove,
	.lock = fake_op_lock,
	.collect = fake_op_collect,
	.unlock = fake_op_unlock,
	.run = fake_op_run,
	.query = fake_op_query,
	.mmio_validate = fake_op_mmio_validate,
	.mmio_teardown = fake_op_mmio_teardown,
	.dma_enable = fake_op_dma_enable,
	.dma_disable = fake_op_dma_disable,
};

/**
 * fake_tsm_register() - let the TSM arrive
 * @tsm: the TSM
 */
void fake_tsm_register(struct fake_tsm *tsm)
{
	struct tsm_dev *tsm_dev = tsm_register(tsm->parent, &tsm->ops);

	KUNIT_ASSERT_FALSE(tsm->test, IS_ERR(tsm_dev));
	tsm->tsm_dev = tsm_dev;
}

/**
 * fake_tsm_unregister() - let the TSM leave
 * @tsm: the TSM
 */
void fake_tsm_unregister(struct fake_tsm *tsm)
{
	if (tsm->tsm_dev)
		tsm_unregister(tsm->tsm_dev);
	tsm->tsm_dev = NULL;
}

static void fake_tsm_cleanup(void *data)
{
	struct fake_tsm *tsm = data;

	fake_fail(tsm, NULL, 0, 0);
	fake_tsm_unregister(tsm);
	current_tsm = NULL;
}

static void fake_restore_hold(void *data)
{
	pci_tsm_hold = (enum pci_tsm_hold)(unsigned long)data;
}

/**
 * fake_tsm_create() - make a TSM and a bus
 * @test: the test
 *
 * TDISP-capable functions added with fake_dev_add() are held, as in a
 * confidential VM. The TSM is not registered yet.
 *
 * Return: the TSM, gone with the test.
 */
struct fake_tsm *fake_tsm_create(struct kunit *test)
{
	return fake_tsm_create_for(test, FAKE_DEVS_MAX);
}

/**
 * fake_tsm_create_for() - the same for a number of functions
 * @test: the test
 * @max_devs: the number
 *
 * Return: the TSM, gone with the test.
 */
struct fake_tsm *fake_tsm_create_for(struct kunit *test, unsigned int max_devs)
{
	struct fake_tsm *tsm = kunit_kzalloc(test, sizeof(*tsm), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tsm);
	tsm->pool = kunit_kcalloc(test, max_devs, sizeof(*tsm->pool), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, tsm->pool);
	tsm->max_devs = max_devs;
	tsm->test = test;
	tsm->devsec = fake_devsec_ops;
	tsm->ops.devsec_ops = &tsm->devsec;
	INIT_LIST_HEAD(&tsm->devs);
	mutex_init(&tsm->op_lock);

	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, fake_restore_hold,
						  (void *)(unsigned long)pci_tsm_hold));
	pci_tsm_hold = PCI_TSM_HOLD_ALWAYS;

	tsm->parent = kunit_device_register(test, "fake-tsm");
	KUNIT_ASSERT_FALSE(test, IS_ERR(tsm->parent));

	tsm->host = kunit_pci_host_create(test);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, tsm->host);

	/* Runs before the bus goes: a TSM may leave first in real life, too */
	current_tsm = tsm;
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, fake_tsm_cleanup, tsm));
	return tsm;
}

/**
 * fake_report_range() - append a range to an interface report
 * @report: the report, of %FAKE_REPORT_MAX bytes
 * @len: its size so far, 0 to begin
 * @first_page: reported address in 4 KiB pages
 * @pages: number of pages
 * @attr: attributes
 * @id: Range ID
 *
 * Return: its new size.
 */
size_t fake_report_range(u8 *report, size_t len, u64 first_page, u32 pages,
			 u16 attr, u16 id)
{
	if (!len) {
		memset(report, 0, FAKE_REPORT_MAX);
		report[0] = 1;
		len = 16;
	}

	put_unaligned_le64(first_page, report + len);
	put_unaligned_le32(pages, report + len + 8);
	put_unaligned_le16(attr, report + len + 12);
	put_unaligned_le16(id, report + len + 14);
	put_unaligned_le32((len - 16) / 16 + 1, report + 12);
	return len + 16;
}

/**
 * fake_report_end() - append the device-specific information
 * @report: the report
 * @len: its size so far, at least 16
 * @info_len: size of the information
 *
 * Return: the final size.
 */
size_t fake_report_end(u8 *report, size_t len, u32 info_len)
{
	put_unaligned_le32(info_len, report + len);
	memset(report + len + 4, 0x5a, info_len);
	return len + 4 + info_len;
}

static void fake_reset(struct fake_dev *dev)
{
	dev->resets++;
	dev->dma = false;
	if (dev->state != PCI_TSM_UNLOCKED)
		dev->state = PCI_TSM_ERROR;
}

/* PCIe r7.0, sec 11.4.9 */
static void fake_flr(struct kunit_pci_func *func)
{
	struct fake_dev *dev = kunit_pci_func_priv(func);
	struct fake_dev *vf;

	fake_reset(dev);
	if (!current_tsm)
		return;
	list_for_each_entry(vf, &current_tsm->devs, node)
		if (vf->pf == dev)
			fake_reset(vf);
}

static bool fake_config_write(struct kunit_pci_func *func, int where, int size,
			      u32 val)
{
	struct fake_dev *dev = kunit_pci_func_priv(func);

	dev->config_writes++;
	dev->config_written = val;
	return true;
}

static const struct kunit_pci_func_ops fake_func_ops = {
	.config_write = fake_config_write,
	.flr = fake_flr,
};

/**
 * fake_dev_add() - add a function
 * @tsm: the TSM
 * @slot: device number
 * @devcap: Device Capabilities
 *
 * As fake_dev_add_type() does, a PCI Express Endpoint.
 *
 * Return: the function, to be enumerated by fake_tsm_probe().
 */
struct fake_dev *fake_dev_add(struct fake_tsm *tsm, unsigned int slot,
			      u32 devcap)
{
	return fake_dev_add_type(tsm, slot, devcap, PCI_EXP_TYPE_ENDPOINT);
}

/**
 * fake_dev_add_type() - add a function
 * @tsm: the TSM
 * @slot: device number
 * @devcap: Device Capabilities
 * @exp_type: Device/Port Type
 *
 * As fake_dev_add_caps() does, without further capabilities.
 *
 * Return: the function, to be enumerated by fake_tsm_probe().
 */
struct fake_dev *fake_dev_add_type(struct fake_tsm *tsm, unsigned int slot,
				   u32 devcap, u8 exp_type)
{
	return fake_dev_add_caps(tsm, PCI_DEVFN(slot, 0), devcap, exp_type, NULL, 0);
}

/**
 * fake_dev_add_caps() - add a function
 * @tsm: the TSM
 * @devfn: device and function number
 * @devcap: Device Capabilities
 * @exp_type: Device/Port Type
 * @caps: further capabilities
 * @num_caps: how many
 *
 * BAR 0 is 16 KiB: two pages of TEE memory, MSI-X table, PBA. BAR 2 is 64 KiB
 * of TEE memory, in two ranges.
 *
 * Return: the function, to be enumerated by fake_tsm_probe().
 */
struct fake_dev *fake_dev_add_caps(struct fake_tsm *tsm, unsigned int devfn,
				   u32 devcap, u8 exp_type,
				   const struct kunit_pci_cap *caps,
				   unsigned int num_caps)
{
	struct kunit_pci_func_desc desc = {
		.devfn = devfn,
		.exp_type = exp_type,
		.devcap = devcap,
		.bars[0] = { .size = SZ_16K },
		.bars[2] = { .size = SZ_64K, .flags = PCI_BASE_ADDRESS_MEM_TYPE_64 },
		.msix = {
			.vectors = 4,
			.table_offset = SZ_8K,
			.pba_offset = SZ_8K + SZ_4K,
		},
		.caps = caps,
		.num_caps = num_caps,
	};

	return fake_dev_add_desc(tsm, &desc);
}

/**
 * fake_dev_add_desc() - add a function
 * @tsm: the TSM
 * @desc: all that is special about it; the rest is filled in
 *
 * Its interface report has TEE memory in BAR 0 and BAR 2, as fake_dev_add_caps() says.
 *
 * Return: the function, to be enumerated by fake_tsm_probe().
 */
struct fake_dev *fake_dev_add_desc(struct fake_tsm *tsm,
				   struct kunit_pci_func_desc *desc)
{
	struct kunit *test = tsm->test;
	struct fake_dev *dev;
	size_t len;

	KUNIT_ASSERT_LT(test, tsm->nr_devs, tsm->max_devs);
	dev = &tsm->pool[tsm->nr_devs++];

	len = fake_report_range(dev->report, 0, 0x100000, 2, 0, 0);
	len = fake_report_range(dev->report, len, 0x200000, 8, 0, 2);
	len = fake_report_range(dev->report, len, 0x200008, 8, 0, 2);
	dev->report_len = fake_report_end(dev->report, len, 4);

	desc->vendor = FAKE_VENDOR;
	desc->device = FAKE_DEVICE;
	desc->class = PCI_CLASS_OTHERS << 8;
	desc->ops = &fake_func_ops;
	desc->priv = dev;
	dev->func = kunit_pci_func_add(tsm->host, desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev->func);
	list_add_tail(&dev->node, &tsm->devs);
	return dev;
}

/**
 * fake_tsm_probe() - enumerate the functions
 * @tsm: the TSM
 */
void fake_tsm_probe(struct fake_tsm *tsm)
{
	struct kunit *test = tsm->test;
	struct fake_dev *dev;

	KUNIT_ASSERT_EQ(test, 0, kunit_pci_host_probe(tsm->host));
	list_for_each_entry(dev, &tsm->devs, node) {
		/* VFs are found later */
		if (dev->pf)
			continue;
		dev->pdev = kunit_pci_func_get_dev(test, dev->func);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev->pdev);
	}
}

/**
 * fake_fail() - make an operation fail, once
 * @tsm: the TSM
 * @op: name of the operation, NULL for any
 * @at: the how many-th call from now on, 0 for none
 * @rc: what it returns
 */
void fake_fail(struct fake_tsm *tsm, const char *op, int at, int rc)
{
	tsm->calls = 0;
	tsm->fail_op = op;
	tsm->fail_at = at;
	tsm->fail_rc = rc;
	tsm->fail_dead = false;
	tsm->fail_on = false;
	tsm->failed = false;
}

/**
 * fake_check() - what must be true of a function after whatever happened
 * @tsm: the TSM
 * @dev: the function
 */
void fake_check(struct fake_tsm *tsm, struct fake_dev *dev)
{
	struct pci_tsm_fn *fn = dev->pdev->tsm_fn;
	struct device *d = &dev->pdev->dev;
	struct kunit *test = tsm->test;

	guard(device)(d);
	guard(mutex)(&fn->lock);

	/* What the kernel says is true, or it says error */
	if (fn->state != PCI_TSM_ERROR)
		KUNIT_EXPECT_EQ(test, fn->state, dev->state);

	/* MMIO is private in RUN only, except where tearing down failed */
	if (fn->state == PCI_TSM_RUN)
		KUNIT_EXPECT_EQ(test, dev->private, SZ_8K + SZ_64K);
	else if (fn->state != PCI_TSM_ERROR)
		KUNIT_EXPECT_EQ(test, dev->private, 0);

	/* Private DMA needs RUN and a driver */
	if (fn->state != PCI_TSM_ERROR) {
		KUNIT_EXPECT_EQ(test, dev->dma, fn->dma);
		KUNIT_EXPECT_EQ(test, dev->dma,
				fn->state == PCI_TSM_RUN && d->driver);
	}
	/* What a driver maps after shutdown() is not for the host */
	if (fn->state != PCI_TSM_ERROR && !fn->leaving)
		KUNIT_EXPECT_EQ(test, dev_dma_cc_private(d),
				fn->state == PCI_TSM_RUN);

	/* No driver comes by itself unless in RUN */
	KUNIT_EXPECT_EQ(test, dev_no_autoprobe(d), fn->state != PCI_TSM_RUN);

	/* Contexts of the TSM are neither leaked nor lost */
	KUNIT_EXPECT_EQ(test, dev->contexts, fn->tsm ? 1 : 0);
	if (fn->state == PCI_TSM_UNLOCKED)
		KUNIT_EXPECT_NULL(test, fn->tsm);
	KUNIT_EXPECT_EQ(test, !!fn->mmio, dev->private != 0);

	/* Evidence is that of a LOCK session */
	scoped_guard(spinlock, &fn->evidence_lock)
		if (fn->state == PCI_TSM_UNLOCKED)
			KUNIT_EXPECT_NULL(test, fn->evidence);
}

/**
 * fake_lock() - LOCK as sysfs does
 * @tsm: the TSM
 * @dev: the function
 *
 * Return: as pci_tsm_fn_lock().
 */
int fake_lock(struct fake_tsm *tsm, struct fake_dev *dev)
{
	guard(device)(&dev->pdev->dev);
	return pci_tsm_fn_lock(dev->pdev->tsm_fn, tsm->tsm_dev->id);
}

/**
 * fake_accept() - enter RUN as sysfs does, without the probing that follows
 * @dev: the function
 *
 * Return: as pci_tsm_fn_accept().
 */
int fake_accept(struct fake_dev *dev)
{
	return fake_accept_digest(dev, NULL);
}

/**
 * fake_accept_digest() - the same, by the digest of what was verified
 * @dev: the function
 * @digest: the digest, NULL for any
 *
 * Return: as pci_tsm_fn_accept().
 */
int fake_accept_digest(struct fake_dev *dev, const u8 *digest)
{
	struct pci_tsm_fn *fn = dev->pdev->tsm_fn;
	int rc;

	guard(device)(&dev->pdev->dev);
	rc = pci_tsm_fn_accept(fn, digest);
	if (rc > 0)
		pci_tsm_restore_watch(fn);
	return rc;
}

/**
 * fake_refresh() - collect evidence for @fake_nonce
 * @dev: the function
 *
 * Return: as pci_tsm_fn_refresh().
 */
int fake_refresh(struct fake_dev *dev)
{
	return pci_tsm_fn_refresh(dev->pdev->tsm_fn, fake_nonce);
}

/**
 * fake_digest() - get the digest of a function's evidence
 * @test: the test; fails if there is no evidence
 * @dev: the function
 * @digest: where to, %PCI_TSM_DIGEST_SIZE bytes
 */
void fake_digest(struct kunit *test, struct fake_dev *dev, u8 *digest)
{
	struct pci_tsm_evidence *evidence __free(pci_tsm_evidence) =
		pci_tsm_fn_evidence(dev->pdev->tsm_fn);

	KUNIT_ASSERT_NOT_NULL(test, evidence);
	memcpy(digest, pci_tsm_evidence_digest(evidence), PCI_TSM_DIGEST_SIZE);
}

/**
 * fake_unlock() - leave as sysfs does
 * @tsm: the TSM
 * @dev: the function
 *
 * Return: as pci_tsm_fn_unlock().
 */
int fake_unlock(struct fake_tsm *tsm, struct fake_dev *dev)
{
	struct pci_tsm_fn *fn = dev->pdev->tsm_fn;

	pci_tsm_release_wait(fn);
	guard(device)(&dev->pdev->dev);
	return pci_tsm_fn_unlock(fn, tsm->tsm_dev->id);
}

/**
 * fake_bind() - bind fake_driver explicitly
 * @dev: the function
 *
 * Return: 0 or a negative errno.
 */
int fake_bind(struct fake_dev *dev)
{
	return device_driver_attach(&fake_driver.driver, &dev->pdev->dev);
}

/**
 * fake_unbind() - unbind the driver
 * @dev: the function
 */
void fake_unbind(struct fake_dev *dev)
{
	device_release_driver(&dev->pdev->dev);
}

static int fake_driver_probe(struct pci_dev *pdev,
			     const struct pci_device_id *id)
{
	int rc = pcim_enable_device(pdev);

	if (rc)
		return rc;

	pci_set_master(pdev);
	return 0;
}

/* As drivers do, and as would take a function out of RUN */
static void fake_driver_remove(struct pci_dev *pdev)
{
	pci_clear_master(pdev);
}

static const struct pci_device_id fake_ids[] = {
	{ PCI_DEVICE(FAKE_VENDOR, FAKE_DEVICE) },
	{}
};

struct pci_driver fake_driver = {
	.name = "pci_tsm_fake",
	.id_table = fake_ids,
	.probe = fake_driver_probe,
	.remove = fake_driver_remove,
};
