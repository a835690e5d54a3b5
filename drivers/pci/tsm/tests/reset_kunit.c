// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of what becomes of accepted functions that are reset */

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/string.h>
#include <linux/tsm.h>
#include <linux/workqueue.h>
#include "../../pci.h"
#include "fake.h"

#define DRIVER	"pci_tsm_resets"
#define DEVCAP	(PCI_EXP_DEVCAP_TEE | PCI_EXP_DEVCAP_FLR)

/* What the driver was called for, in order, and what it found then */
static struct {
	char calls[32];
	enum pci_tsm_state state;
	bool dma;
	bool clear_master;
} seen;

/* Where the driver's devices are */
static struct fake_tsm *bus;

static struct fake_tsm *tsm_of(struct kunit *test)
{
	return test->priv;
}

static struct pci_tsm_fn *fn_of(struct fake_dev *dev)
{
	return dev->pdev->tsm_fn;
}

static void see(struct pci_dev *pdev, char call)
{
	size_t n = strlen(seen.calls);
	struct fake_dev *dev;

	if (n + 1 < sizeof(seen.calls))
		seen.calls[n] = call;
	list_for_each_entry(dev, &bus->devs, node) {
		if (dev->pdev != pdev)
			continue;
		seen.state = dev->state;
		seen.dma = dev->dma;
	}
}

static int reset_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int rc = pcim_enable_device(pdev);

	if (rc)
		return rc;

	pci_set_master(pdev);
	pci_save_state(pdev);
	return 0;
}

static void reset_remove(struct pci_dev *pdev)
{
	see(pdev, 'r');
	pci_clear_master(pdev);
}

static void reset_reset_prepare(struct pci_dev *pdev)
{
	see(pdev, 'P');
	if (seen.clear_master)
		pci_clear_master(pdev);
}

static void reset_reset_done(struct pci_dev *pdev)
{
	see(pdev, 'D');
	if (seen.clear_master)
		pci_set_master(pdev);
}

static pci_ers_result_t reset_error_detected(struct pci_dev *pdev,
					     pci_channel_state_t state)
{
	see(pdev, state == pci_channel_io_perm_failure ? 'X' : 'E');
	return state == pci_channel_io_frozen ? PCI_ERS_RESULT_NEED_RESET :
						PCI_ERS_RESULT_CAN_RECOVER;
}

static pci_ers_result_t reset_slot_reset(struct pci_dev *pdev)
{
	see(pdev, 'S');
	pci_restore_state(pdev);
	return PCI_ERS_RESULT_RECOVERED;
}

static void reset_resume(struct pci_dev *pdev)
{
	see(pdev, 'R');
}

static const struct pci_error_handlers reset_handlers = {
	.reset_prepare = reset_reset_prepare,
	.reset_done = reset_reset_done,
	.error_detected = reset_error_detected,
	.slot_reset = reset_slot_reset,
	.resume = reset_resume,
};

static const struct pci_device_id reset_ids[] = {
	{ PCI_DEVICE(FAKE_VENDOR, FAKE_DEVICE) },
	{}
};

/* It is told of a suspend, and has nothing to do */
static const struct dev_pm_ops reset_pm = {};

static struct pci_driver reset_driver = {
	.name = DRIVER,
	.driver.pm = &reset_pm,
	.id_table = reset_ids,
	.probe = reset_probe,
	.remove = reset_remove,
	.err_handler = &reset_handlers,
};

/* A bus with functions that can be reset, the first of which is returned */
static struct fake_dev *reset_devs(struct kunit *test, struct pci_driver *drv,
				   int nr)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev;

	test->priv = tsm;
	bus = tsm;
	/* Root Complex Integrated Endpoints recover without a bridge */
	for (int i = 0; i < nr; i++)
		fake_dev_add_type(tsm, i + 1, DEVCAP, PCI_EXP_TYPE_RC_END);
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, drv));
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);

	/* Spares the 100 ms of each reset */
	list_for_each_entry(dev, &tsm->devs, node)
		dev->pdev->imm_ready = 1;
	memset(&seen, 0, sizeof(seen));
	return &tsm->pool[0];
}

static void accept(struct kunit *test, struct fake_dev *dev)
{
	u8 digest[PCI_TSM_DIGEST_SIZE];

	KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm_of(test), dev));
	fake_digest(test, dev, digest);
	KUNIT_ASSERT_EQ(test, 1, fake_accept_digest(dev, digest));
}

static void bind(struct kunit *test, struct fake_dev *dev)
{
	KUNIT_ASSERT_EQ(test, 0, device_driver_attach(&reset_driver.driver,
						      &dev->pdev->dev));
}

/* A function in RUN with a driver */
static struct fake_dev *reset_dev(struct kunit *test)
{
	struct fake_dev *dev = reset_devs(test, &reset_driver, 1);

	accept(test, dev);
	bind(test, dev);
	fake_check(tsm_of(test), dev);
	return dev;
}

static void expect_restored(struct kunit *test, struct fake_dev *dev,
			    unsigned int count)
{
	struct pci_tsm_fn *fn = fn_of(dev);

	KUNIT_EXPECT_EQ(test, fn->state, PCI_TSM_RUN);
	KUNIT_EXPECT_STREQ(test, fn->restore.status, "ok");
	KUNIT_EXPECT_EQ(test, fn->restore.count, count);
	KUNIT_EXPECT_TRUE(test, fn->restore.armed);
	KUNIT_EXPECT_FALSE(test, fn->restore.pending);
	KUNIT_EXPECT_NOT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_EQ(test, dev->pdev->error_state, pci_channel_io_normal);
	fake_check(tsm_of(test), dev);
}

/* Out, quiet, held, without a driver; and not back but by userspace */
static void expect_lost(struct kunit *test, struct fake_dev *dev)
{
	struct pci_tsm_fn *fn = fn_of(dev);

	flush_work(&fn->release.work);
	KUNIT_EXPECT_EQ(test, fn->state, PCI_TSM_ERROR);
	KUNIT_EXPECT_NE(test, dev->state, PCI_TSM_RUN);
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_FALSE(test, fn->restore.armed);
	KUNIT_EXPECT_FALSE(test, fn->release.pending);
	KUNIT_EXPECT_FALSE(test, fn->restore.pending);
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_EQ(test, dev->pdev->error_state, pci_channel_io_normal);
	KUNIT_EXPECT_TRUE(test, dev_no_autoprobe(&dev->pdev->dev));
	KUNIT_EXPECT_NE(test, 0, device_driver_attach(&reset_driver.driver,
						      &dev->pdev->dev));
	fake_check(tsm_of(test), dev);
}

static void expect_usable(struct kunit *test, struct fake_dev *dev)
{
	fake_fail(tsm_of(test), NULL, 0, 0);
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(tsm_of(test), dev));
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	fake_check(tsm_of(test), dev);
	accept(test, dev);
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status, "none");
	KUNIT_EXPECT_EQ(test, fn_of(dev)->restore.count, 0);
	bind(test, dev);
	fake_check(tsm_of(test), dev);
}

/* The driver continues with a function that is in RUN and does DMA again */
static void reset_restores(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);
	u8 before[PCI_TSM_DIGEST_SIZE], after[PCI_TSM_DIGEST_SIZE];
	u16 cmd;

	fake_digest(test, dev, before);
	for (int i = 1; i <= 3; i++) {
		memset(&seen, 0, sizeof(seen));
		KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
		KUNIT_EXPECT_EQ(test, dev->resets, i);
		KUNIT_EXPECT_STREQ(test, seen.calls, "PD");
		KUNIT_EXPECT_EQ(test, seen.state, PCI_TSM_RUN);
		KUNIT_EXPECT_TRUE(test, seen.dma);
		expect_restored(test, dev, i);
	}

	fake_digest(test, dev, after);
	KUNIT_EXPECT_MEMEQ(test, before, after, sizeof(before));
	pci_read_config_word(dev->pdev, PCI_COMMAND, &cmd);
	KUNIT_EXPECT_TRUE(test, cmd & PCI_COMMAND_MASTER);
}

/* Under the device's lock, and if it can be had */
static void reset_variants(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	scoped_guard(device, &dev->pdev->dev)
		KUNIT_EXPECT_EQ(test, 0, pci_reset_function_locked(dev->pdev));
	KUNIT_EXPECT_EQ(test, 0, pci_try_reset_function(dev->pdev));
	expect_restored(test, dev, 2);

	dev->svn++;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_try_reset_function(dev->pdev));
	expect_lost(test, dev);
	expect_usable(test, dev);

	dev->svn++;
	scoped_guard(device, &dev->pdev->dev)
		KUNIT_EXPECT_EQ(test, -EKEYREJECTED,
				pci_reset_function_locked(dev->pdev));
	expect_lost(test, dev);
}

/* A driver that wanted no DMA does not get it before it asks again */
static void reset_dma_off(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	seen.clear_master = true;
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_STREQ(test, seen.calls, "PD");
	KUNIT_EXPECT_FALSE(test, seen.dma);
	expect_restored(test, dev, 1);
}

/* A function without a driver comes back, too, and without DMA */
static void reset_unbound(struct kunit *test)
{
	struct fake_dev *dev = reset_devs(test, &reset_driver, 1);

	accept(test, dev);
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_RUN);
	KUNIT_EXPECT_EQ(test, fn_of(dev)->restore.count, 1);
	fake_check(tsm_of(test), dev);

	/* There is nobody to wait for */
	dev->cert++;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_FALSE(test, fn_of(dev)->release.pending);
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	expect_lost(test, dev);
}

/* What DMA there was ends before the reset */
static void reset_prepare_stops_dma(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	pci_tsm_reset_prepare(dev->pdev, true);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_TRUE(test, pci_tsm_reset_pending(dev->pdev));
	KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_RUN);
	KUNIT_EXPECT_EQ(test, -EBUSY, fake_refresh(dev));

	/* Asked for too early: not forgotten */
	pci_clear_master(dev->pdev);
	pci_set_master(dev->pdev);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	pci_tsm_reset_prepare(dev->pdev, true);

	KUNIT_EXPECT_EQ(test, 0, pci_tsm_reset_done(dev->pdev));
	KUNIT_EXPECT_TRUE(test, dev->dma);
	expect_restored(test, dev, 1);
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_reset_done(dev->pdev));
	expect_restored(test, dev, 1);
}

static void change_cert(struct fake_dev *dev)
{
	dev->cert++;
}

static void change_svn(struct fake_dev *dev)
{
	dev->svn++;
}

static void change_hide(struct fake_dev *dev)
{
	dev->hide = 0x10;
}

static void change_hide_info(struct fake_dev *dev)
{
	dev->hide = 0x20;
}

static void change_report(struct fake_dev *dev)
{
	dev->report[dev->report_len - 1]++;
}

/* The host would have moved it: the TSM may agree, the driver would not know */
static void change_bar(struct fake_dev *dev)
{
	struct resource *res = pci_resource_n(dev->pdev, 2);

	res->start += SZ_64K;
	res->end += SZ_64K;
}

/* The same range, one page further in its BAR */
static void change_place(struct fake_dev *dev)
{
	size_t len;

	len = fake_report_range(dev->report, 0, 0x100001, 1, 0, 0);
	dev->report_len = fake_report_end(dev->report, len, 4);
}

static void change_info(struct fake_dev *dev)
{
	dev->info++;
	dev->reverse = true;
}

/* Another MMIO_REPORTING_OFFSET */
static void change_offset(struct fake_dev *dev)
{
	size_t len;

	len = fake_report_range(dev->report, 0, 0x900000, 1, 0, 0);
	dev->report_len = fake_report_end(dev->report, len, 4);
}

static void change_nonce(struct fake_dev *dev)
{
	dev->other_nonce = true;
}

struct change {
	const char *status;
	void (*change)(struct fake_dev *dev);
	int rc;
	bool small;
};

static const struct change changes[] = {
	{ "certificates differ", change_cert, -EKEYREJECTED },
	{ "measurement 0x10 differs", change_svn, -EKEYREJECTED },
	{ "measurement 0x10 missing", change_hide, -EKEYREJECTED },
	{ "measurement 0x20 missing", change_hide_info, -EKEYREJECTED },
	{ "report differs", change_report, -EKEYREJECTED },
	{ "report differs", change_place, -EKEYREJECTED, true },
	{ "bars differ", change_bar, -EKEYREJECTED },
	{ "tsm: collect failed -116", change_nonce, -ESTALE },
	{ "ok", change_info, 0 },
	{ "ok", change_offset, 0, true },
};

static void change_desc(const struct change *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s %td", c->status, c - changes);
}

KUNIT_ARRAY_PARAM(change, changes, change_desc);

/* Every way in which it may not be what was accepted, and some in which it is */
static void reset_changed(struct kunit *test)
{
	const struct change *c = test->param_value;
	struct fake_dev *dev = reset_devs(test, &reset_driver, 1);
	struct resource bar;
	size_t len;

	if (c->small) {
		len = fake_report_range(dev->report, 0, 0x100000, 1, 0, 0);
		dev->report_len = fake_report_end(dev->report, len, 4);
	}
	accept(test, dev);
	bind(test, dev);

	bar = *pci_resource_n(dev->pdev, 2);
	c->change(dev);
	KUNIT_EXPECT_EQ(test, c->rc, pci_reset_function(dev->pdev));
	*pci_resource_n(dev->pdev, 2) = bar;
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status, c->status);
	if (!c->rc) {
		KUNIT_EXPECT_STREQ(test, seen.calls, "PD");
		KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_RUN);
		return;
	}

	expect_lost(test, dev);
	KUNIT_EXPECT_STREQ(test, seen.calls, "PXr");

	/* As it was before is not enough: userspace has to look at it */
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_ERROR);
}

/* A device that may take a firmware update is measured after RUN, too */
static void reset_update_at_run(struct kunit *test)
{
	struct fake_dev *dev = reset_devs(test, &reset_driver, 1);

	dev->report[0] = 0;
	accept(test, dev);
	bind(test, dev);
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	expect_restored(test, dev, 1);

	dev->svn_at_run = 1;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status,
			   "measurement 0x10 differs");
	expect_lost(test, dev);
}

/* What was added is found as well */
static void reset_measurement_added(struct kunit *test)
{
	struct fake_dev *dev = reset_devs(test, &reset_driver, 1);

	dev->hide = 0x20;
	accept(test, dev);
	bind(test, dev);
	dev->hide = 0;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status,
			   "measurement 0x20 added");
	expect_lost(test, dev);
	expect_usable(test, dev);
}

/* The driver's last accesses reach a function that rejects them */
static void reset_private_until_released(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	dev->svn++;
	scoped_guard(device, &dev->pdev->dev) {
		KUNIT_EXPECT_EQ(test, -EKEYREJECTED,
				pci_reset_function_locked(dev->pdev));
		KUNIT_EXPECT_EQ(test, dev->private, SZ_8K + SZ_64K);
		KUNIT_EXPECT_EQ(test, dev->state, PCI_TSM_LOCKED);
		KUNIT_EXPECT_FALSE(test, dev->dma);
		KUNIT_EXPECT_NOT_NULL(test, dev->pdev->dev.driver);
		KUNIT_EXPECT_TRUE(test, pci_dev_is_disconnected(dev->pdev));
		KUNIT_EXPECT_TRUE(test, fn_of(dev)->release.pending);
	}
	expect_lost(test, dev);
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	expect_usable(test, dev);
}

/* Evidence that was refused can be looked at */
static void reset_shows_evidence(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);
	u8 before[PCI_TSM_DIGEST_SIZE], after[PCI_TSM_DIGEST_SIZE];

	fake_digest(test, dev, before);
	dev->svn++;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	expect_lost(test, dev);
	fake_digest(test, dev, after);
	KUNIT_EXPECT_NE(test, 0, memcmp(before, after, sizeof(before)));
}

static ssize_t store(struct fake_dev *dev, const char *buf)
{
	return pci_tsm_attr_restore.store(&dev->pdev->dev, &pci_tsm_attr_restore,
					  buf, strlen(buf));
}

/* Whoever accepts by 1 has not said what may come back */
static void reset_not_armed(struct kunit *test)
{
	struct fake_dev *dev = reset_devs(test, &reset_driver, 1);

	KUNIT_EXPECT_EQ(test, -EINVAL, store(dev, "1"));
	KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm_of(test), dev));
	KUNIT_EXPECT_EQ(test, -EINVAL, store(dev, "1"));
	KUNIT_ASSERT_EQ(test, 1, fake_accept(dev));
	bind(test, dev);
	KUNIT_EXPECT_FALSE(test, fn_of(dev)->restore.armed);
	KUNIT_EXPECT_EQ(test, -EPERM, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status, "not-armed");
	expect_lost(test, dev);
	KUNIT_EXPECT_STREQ(test, seen.calls, "PXr");
	KUNIT_EXPECT_EQ(test, -EINVAL, store(dev, "1"));
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(tsm_of(test), dev));

	KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm_of(test), dev));
	KUNIT_ASSERT_EQ(test, 1, fake_accept(dev));
	bind(test, dev);
	KUNIT_EXPECT_EQ(test, 2, store(dev, "1\n"));
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	expect_restored(test, dev, 1);

	KUNIT_EXPECT_EQ(test, -EINVAL, store(dev, "perhaps"));
	KUNIT_EXPECT_EQ(test, 1, store(dev, "0"));
	KUNIT_EXPECT_EQ(test, -EPERM, pci_reset_function(dev->pdev));
	expect_lost(test, dev);
}

/* A driver that is not told of resets may access MMIO at any time */
static void reset_driver_not_told(struct kunit *test)
{
	struct fake_dev *dev = reset_devs(test, &fake_driver, 1);

	accept(test, dev);
	KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status,
			   "driver not told");
	flush_work(&fn_of(dev)->release.work);
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_ERROR);
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	fake_check(tsm_of(test), dev);
}

/* Nothing was promised for what is not in RUN */
static void reset_locked(struct kunit *test)
{
	struct fake_dev *dev = reset_devs(test, &reset_driver, 1);

	KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm_of(test), dev));
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_ERROR);
	KUNIT_EXPECT_FALSE(test, fn_of(dev)->restore.pending);
	fake_check(tsm_of(test), dev);
	KUNIT_EXPECT_EQ(test, 0, fake_unlock(tsm_of(test), dev));
}

static void reset_unlocked(struct kunit *test)
{
	struct fake_dev *dev = reset_devs(test, &reset_driver, 1);

	bind(test, dev);
	fake_fail(tsm_of(test), NULL, 1, -EPERM);
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_EQ(test, dev->resets, 1);
	KUNIT_EXPECT_FALSE(test, tsm_of(test)->failed);
	KUNIT_EXPECT_STREQ(test, seen.calls, "PD");
	KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_UNLOCKED);
	fake_check(tsm_of(test), dev);
}

static void restore_params(void *data)
{
	pci_tsm_restore_burst = 10;
	pci_tsm_restore_interval = 10000;
	pci_tsm_check = 5000;
}

/* A function that gets nowhere is given up, one that works is not */
static void reset_rate_limit(struct kunit *test)
{
	struct fake_dev *dev = reset_devs(test, &reset_driver, 1);

	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, restore_params,
							   NULL));
	pci_tsm_restore_burst = 2;
	pci_tsm_restore_interval = 0;
	accept(test, dev);
	bind(test, dev);
	for (int i = 1; i <= 20; i++)
		KUNIT_ASSERT_EQ(test, 0, pci_reset_function(dev->pdev));
	expect_restored(test, dev, 20);

	pci_tsm_restore_interval = 1000 * 60 * 60;
	fake_unbind(dev);
	expect_usable(test, dev);
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	expect_restored(test, dev, 2);
	KUNIT_EXPECT_EQ(test, -EBUSY, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status, "rate-limit");
	KUNIT_EXPECT_EQ(test, fn_of(dev)->restore.count, 2);
	expect_lost(test, dev);
	expect_usable(test, dev);
}

KUNIT_ARRAY_PARAM_DESC(sweep, fake_sweeps, name);

/*
 * Let the first operation of a reset fail, then the second, and so on until a
 * restore comes through.
 */
static void reset_every_op_fails(struct kunit *test)
{
	const struct fake_sweep *sweep = test->param_value;
	struct fake_dev *dev = reset_dev(test);
	struct fake_tsm *tsm = tsm_of(test);
	const char *status = fn_of(dev)->restore.status;
	int at = 0, lost = 0, rc;

	do {
		KUNIT_ASSERT_LT(test, at, 100);
		fake_fail(tsm, NULL, ++at, sweep->rc);
		tsm->fail_dead = sweep->dead;
		rc = pci_reset_function(dev->pdev);
		if (!tsm->failed)
			break;

		/* Preparation may fail: it is made up for */
		if (!rc) {
			KUNIT_EXPECT_STREQ(test, status, "ok");
			KUNIT_EXPECT_EQ(test, at, 1);
			continue;
		}
		lost++;
		KUNIT_EXPECT_EQ(test, rc, sweep->rc);
		if (rc == -ETIMEDOUT)
			KUNIT_EXPECT_TRUE(test, str_has_prefix(status, "timeout: "));
		else
			KUNIT_EXPECT_TRUE(test, str_has_prefix(status, "tsm: "));
		expect_lost(test, dev);
		expect_usable(test, dev);
	} while (true);

	KUNIT_EXPECT_EQ(test, rc, 0);
	/* From dma_disable to dma_enable, with four ranges */
	KUNIT_EXPECT_GE(test, lost, 12);
}

/* The device is not what it says to be after one of the steps */
static void reset_not_run(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	/* It takes the request, and dies */
	dev->dies_at_run = true;
	KUNIT_EXPECT_EQ(test, -EIO, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status, "not-run");
	expect_lost(test, dev);
	dev->dies_at_run = false;
	expect_usable(test, dev);

	fake_fail(tsm_of(test), "dma_enable", 1, -EIO);
	KUNIT_EXPECT_EQ(test, -EIO, pci_reset_function(dev->pdev));
	expect_lost(test, dev);
	expect_usable(test, dev);

	dev->state = PCI_TSM_UNLOCKED;
	pci_tsm_error_check(dev->pdev);
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status, "not-run");
	expect_lost(test, dev);
	KUNIT_EXPECT_NOT_NULL(test, strstr(seen.calls, "Xr"));
	expect_usable(test, dev);
	pci_tsm_error_check(dev->pdev);
	KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_RUN);
}

/* DMA that the TSM does not stop: the device is made to stop */
static void reset_dma_goes_on(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);
	struct fake_tsm *tsm = tsm_of(test);
	u16 cmd;

	fake_fail(tsm, "dma_disable", 1, -EIO);
	tsm->fail_on = true;
	scoped_guard(device, &dev->pdev->dev) {
		KUNIT_EXPECT_NE(test, 0, pci_reset_function_locked(dev->pdev));
		/* It looks disconnected to those who ask by its pci_dev */
		pci_bus_read_config_word(dev->pdev->bus, dev->pdev->devfn,
					 PCI_COMMAND, &cmd);
		KUNIT_EXPECT_FALSE(test, cmd & PCI_COMMAND_MASTER);
	}
	flush_work(&fn_of(dev)->release.work);
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_ERROR);
	expect_usable(test, dev);
}

/* The driver restores it by itself, and the core does not know what came of it */
static void reset_lost_before_done(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	scoped_guard(device, &dev->pdev->dev) {
		pci_tsm_reset_prepare(dev->pdev, true);
		dev->svn++;
		KUNIT_EXPECT_EQ(test, -EKEYREJECTED,
				pci_tsm_reset_done(dev->pdev));
		KUNIT_EXPECT_EQ(test, -EIO, pci_tsm_reset_finish(dev->pdev));
	}
	expect_lost(test, dev);
}

/* A driver that resets its device and restores nothing loses it in the end */
static void reset_abandoned(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	KUNIT_EXPECT_EQ(test, 0, pcie_flr(dev->pdev));
	pci_tsm_error_check(dev->pdev);
	KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_RUN);

	scoped_guard(mutex, &fn_of(dev)->lock)
		fn_of(dev)->restore.reset_since -= 180ULL * NSEC_PER_SEC;
	pci_tsm_error_check(dev->pdev);
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status, "not restored");
	expect_lost(test, dev);
	expect_usable(test, dev);
}

/* No work is queued for a function that is about to be removed */
static void reset_start_leaving(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);
	struct pci_tsm_fn *fn = fn_of(dev);

	pci_tsm_reset_prepare(dev->pdev, true);
	scoped_guard(mutex, &fn->lock)
		fn->leaving = true;
	pci_tsm_reset_start(dev->pdev);
	flush_work(&fn->restore.work);
	KUNIT_EXPECT_TRUE(test, fn->restore.pending);
	KUNIT_EXPECT_EQ(test, fn->state, PCI_TSM_RUN);

	scoped_guard(mutex, &fn->lock)
		fn->leaving = false;
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_reset_done(dev->pdev));
	expect_restored(test, dev, 1);
}

/* A driver that comes is not taken for the one that has to go */
static void reset_attach_while_releasing(struct kunit *test)
{
	struct fake_dev *dev = reset_devs(test, &reset_driver, 1);
	struct pci_tsm_fn *fn = fn_of(dev);

	scoped_guard(mutex, &fn->lock)
		fn->release.pending = true;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			device_driver_attach(&reset_driver.driver,
					     &dev->pdev->dev));
	scoped_guard(mutex, &fn->lock)
		fn->release.pending = false;
	bind(test, dev);
}

/* Nobody says that it fell: it is asked from time to time */
static void reset_periodic_check(struct kunit *test)
{
	struct fake_dev *dev;

	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, restore_params,
							   NULL));
	pci_tsm_check = 10;
	dev = reset_dev(test);
	msleep(50);
	KUNIT_EXPECT_EQ(test, READ_ONCE(fn_of(dev)->state), PCI_TSM_RUN);

	dev->state = PCI_TSM_ERROR;
	for (int i = 0; i < 100 && READ_ONCE(fn_of(dev)->state) == PCI_TSM_RUN; i++)
		fsleep(10000);
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status, "not-run");
	expect_lost(test, dev);
}

/* Drivers do that by themselves, with their own lock or the device's held */
static void reset_by_driver(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	pci_save_state(dev->pdev);
	KUNIT_EXPECT_EQ(test, 0, pcie_flr(dev->pdev));
	KUNIT_EXPECT_TRUE(test, pci_tsm_reset_pending(dev->pdev));
	pci_restore_state(dev->pdev);
	expect_restored(test, dev, 1);
	KUNIT_EXPECT_TRUE(test, dev->dma);

	dev->svn++;
	scoped_guard(device, &dev->pdev->dev) {
		pci_save_state(dev->pdev);
		KUNIT_EXPECT_EQ(test, 0, __pci_reset_function_locked(dev->pdev));
		pci_restore_state(dev->pdev);
		KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_ERROR);
		KUNIT_EXPECT_TRUE(test, pci_dev_is_disconnected(dev->pdev));
	}
	expect_lost(test, dev);
	KUNIT_EXPECT_STREQ(test, seen.calls, "Xr");
}

/* A driver that resets its device and goes leaves it to nobody */
static void reset_by_driver_and_gone(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	KUNIT_EXPECT_EQ(test, 0, pcie_flr(dev->pdev));
	fake_unbind(dev);
	KUNIT_EXPECT_EQ(test, -EIO, device_driver_attach(&reset_driver.driver,
							 &dev->pdev->dev));
	KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_ERROR);
	fake_check(tsm_of(test), dev);
	expect_usable(test, dev);
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	expect_restored(test, dev, 1);
}

/* Nor can a reset that was never restored keep userspace from starting anew */
static void reset_not_restored(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	KUNIT_EXPECT_EQ(test, 0, pcie_flr(dev->pdev));
	fake_unbind(dev);
	expect_usable(test, dev);
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	expect_restored(test, dev, 1);

	/* In ERROR by the time that it is restored: the driver goes as well */
	KUNIT_EXPECT_EQ(test, 0, pcie_flr(dev->pdev));
	scoped_guard(mutex, &fn_of(dev)->lock)
		pci_tsm_fn_fail(fn_of(dev), "test");
	KUNIT_EXPECT_EQ(test, -EIO, pci_tsm_reset_done(dev->pdev));
	expect_lost(test, dev);
	expect_usable(test, dev);
}

static pci_ers_result_t flr_subordinates(struct pci_dev *pdev)
{
	return pcie_flr(pdev) ? PCI_ERS_RESULT_DISCONNECT :
				PCI_ERS_RESULT_RECOVERED;
}

static pci_ers_result_t fail_subordinates(struct pci_dev *pdev)
{
	return PCI_ERS_RESULT_DISCONNECT;
}

/* Recovery from an error, between the reset and slot_reset() */
static void reset_recovery(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	KUNIT_EXPECT_EQ(test, PCI_ERS_RESULT_RECOVERED,
			pcie_do_recovery(dev->pdev, pci_channel_io_frozen,
					 flr_subordinates));
	KUNIT_EXPECT_EQ(test, dev->resets, 1);
	KUNIT_EXPECT_STREQ(test, seen.calls, "ESR");
	KUNIT_EXPECT_EQ(test, seen.state, PCI_TSM_RUN);
	expect_restored(test, dev, 1);

	/* Without a reset there is nothing to be restored */
	memset(&seen, 0, sizeof(seen));
	KUNIT_EXPECT_EQ(test, PCI_ERS_RESULT_RECOVERED,
			pcie_do_recovery(dev->pdev, pci_channel_io_normal,
					 flr_subordinates));
	KUNIT_EXPECT_STREQ(test, seen.calls, "ER");
	expect_restored(test, dev, 1);
}

static void reset_recovery_lost(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	dev->svn++;
	pcie_do_recovery(dev->pdev, pci_channel_io_frozen, flr_subordinates);
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status,
			   "measurement 0x10 differs");
	expect_lost(test, dev);
	KUNIT_EXPECT_STREQ(test, seen.calls, "EXr");
	expect_usable(test, dev);

	/* The error itself was too much */
	memset(&seen, 0, sizeof(seen));
	dev->state = PCI_TSM_ERROR;
	pcie_do_recovery(dev->pdev, pci_channel_io_normal, flr_subordinates);
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status, "not-run");
	expect_lost(test, dev);
	KUNIT_EXPECT_STREQ(test, seen.calls, "EXr");
	expect_usable(test, dev);

	memset(&seen, 0, sizeof(seen));
	pcie_do_recovery(dev->pdev, pci_channel_io_frozen, fail_subordinates);
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status, "reset failed");
	expect_lost(test, dev);
}

/* Power that went is a reset, unless the function says that it keeps its state */
static void reset_power(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	pci_tsm_power_up(dev->pdev);
	KUNIT_EXPECT_FALSE(test, pci_tsm_reset_pending(dev->pdev));

	pci_save_state(dev->pdev);
	dev->pdev->current_state = PCI_D3cold;
	pci_tsm_power_up(dev->pdev);
	dev->state = PCI_TSM_UNLOCKED;
	dev->pdev->current_state = PCI_D0;
	pci_restore_state(dev->pdev);
	expect_restored(test, dev, 1);

	/* A system suspend leaves the state open: it may have been lost, or not */
	dev->pdev->current_state = PCI_UNKNOWN;
	pci_tsm_power_up(dev->pdev);
	KUNIT_EXPECT_FALSE(test, pci_tsm_reset_pending(dev->pdev));
	pci_save_state(dev->pdev);
	dev->state = PCI_TSM_UNLOCKED;
	pci_tsm_power_up(dev->pdev);
	dev->pdev->current_state = PCI_D0;
	pci_restore_state(dev->pdev);
	expect_restored(test, dev, 2);
}

#ifdef CONFIG_PM
/* Who is put to sleep on purpose is not asked where it is */
static void reset_check_sleeping(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);
	struct device *d = &dev->pdev->dev;

	pm_runtime_disable(d);
	pm_runtime_set_suspended(d);
	pm_runtime_enable(d);
	dev->state = PCI_TSM_ERROR;
	mod_delayed_work(system_percpu_wq, &fn_of(dev)->restore.check, 0);
	msleep(50);
	KUNIT_EXPECT_EQ(test, READ_ONCE(fn_of(dev)->state), PCI_TSM_RUN);
	pm_runtime_disable(d);
	pm_runtime_set_active(d);
	pm_runtime_enable(d);
	mod_delayed_work(system_percpu_wq, &fn_of(dev)->restore.check, 0);
	for (int i = 0; i < 100 && READ_ONCE(fn_of(dev)->state) == PCI_TSM_RUN; i++)
		fsleep(10000);
	KUNIT_EXPECT_STREQ(test, fn_of(dev)->restore.status, "not-run");
	expect_lost(test, dev);
}
#endif

/* Functions below one bridge do not wait for each other */
static void reset_parallel(struct kunit *test)
{
	struct fake_dev *dev = reset_devs(test, &reset_driver, 3);
	struct fake_tsm *tsm = tsm_of(test);

	for (int i = 0; i < 3; i++) {
		accept(test, &dev[i]);
		bind(test, &dev[i]);
		pci_save_state(dev[i].pdev);
		pcie_flr(dev[i].pdev);
		__pci_restore_state(dev[i].pdev);
	}
	dev[1].svn++;

	tsm->latency_ms = 10;
	for (int i = 0; i < 3; i++)
		pci_tsm_reset_start(dev[i].pdev);
	for (int i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, i == 1 ? -EKEYREJECTED : 0,
				pci_tsm_reset_finish(dev[i].pdev));
	tsm->latency_ms = 0;

	KUNIT_EXPECT_EQ(test, tsm->inside_max, 3);
	expect_restored(test, &dev[0], 1);
	expect_lost(test, &dev[1]);
	expect_restored(test, &dev[2], 1);
}

/* Lost, and removed before its driver could be released */
static void reset_removed(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	dev->svn++;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	kunit_pci_put_dev(test, dev->pdev);
	dev->pdev = NULL;
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_func_remove(dev->func));
	KUNIT_EXPECT_EQ(test, dev->contexts, 0);
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	KUNIT_EXPECT_FALSE(test, dev->dma);
}

/* Lost, and its TSM leaves before its driver could be released */
static void reset_tsm_leaves(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	dev->svn++;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	fake_tsm_unregister(tsm_of(test));
	flush_work(&fn_of(dev)->release.work);
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_UNLOCKED);
	KUNIT_EXPECT_EQ(test, dev->pdev->error_state, pci_channel_io_normal);
	fake_check(tsm_of(test), dev);
}

/* The TSM leaves in the middle: no reset brings the function back */
static void reset_tsm_leaves_pending(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	pci_save_state(dev->pdev);
	KUNIT_EXPECT_EQ(test, 0, pcie_flr(dev->pdev));
	fake_tsm_unregister(tsm_of(test));
	pci_restore_state(dev->pdev);
	KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_UNLOCKED);
	KUNIT_EXPECT_EQ(test, fn_of(dev)->restore.count, 0);
	KUNIT_EXPECT_FALSE(test, fn_of(dev)->restore.pending);
	fake_check(tsm_of(test), dev);
}

/* The same, and it cannot even tear down what is private */
static void reset_tsm_leaves_private(struct kunit *test)
{
	struct fake_dev *dev = reset_dev(test);

	pci_save_state(dev->pdev);
	KUNIT_EXPECT_EQ(test, 0, pcie_flr(dev->pdev));
	fake_fail(tsm_of(test), "mmio_teardown", 1, -EIO);
	fake_tsm_unregister(tsm_of(test));
	pci_restore_state(dev->pdev);
	KUNIT_EXPECT_EQ(test, fn_of(dev)->state, PCI_TSM_ERROR);
	KUNIT_EXPECT_EQ(test, dev->contexts, 0);
	KUNIT_EXPECT_FALSE(test, fn_of(dev)->restore.pending);
	KUNIT_EXPECT_FALSE(test, fn_of(dev)->release.pending);
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
}

static struct kunit_case reset_cases[] = {
	KUNIT_CASE(reset_restores),
	KUNIT_CASE(reset_variants),
	KUNIT_CASE(reset_dma_off),
	KUNIT_CASE(reset_unbound),
	KUNIT_CASE(reset_prepare_stops_dma),
	KUNIT_CASE_PARAM(reset_changed, change_gen_params),
	KUNIT_CASE(reset_update_at_run),
	KUNIT_CASE(reset_measurement_added),
	KUNIT_CASE(reset_private_until_released),
	KUNIT_CASE(reset_shows_evidence),
	KUNIT_CASE(reset_not_armed),
	KUNIT_CASE(reset_driver_not_told),
	KUNIT_CASE(reset_locked),
	KUNIT_CASE(reset_unlocked),
	KUNIT_CASE(reset_rate_limit),
	KUNIT_CASE_PARAM(reset_every_op_fails, sweep_gen_params),
	KUNIT_CASE(reset_not_run),
	KUNIT_CASE(reset_dma_goes_on),
	KUNIT_CASE(reset_lost_before_done),
	KUNIT_CASE(reset_abandoned),
	KUNIT_CASE(reset_start_leaving),
	KUNIT_CASE(reset_attach_while_releasing),
	KUNIT_CASE(reset_periodic_check),
	KUNIT_CASE(reset_by_driver),
	KUNIT_CASE(reset_by_driver_and_gone),
	KUNIT_CASE(reset_not_restored),
	KUNIT_CASE(reset_recovery),
	KUNIT_CASE(reset_recovery_lost),
	KUNIT_CASE(reset_power),
#ifdef CONFIG_PM
	KUNIT_CASE(reset_check_sleeping),
#endif
	KUNIT_CASE(reset_parallel),
	KUNIT_CASE(reset_removed),
	KUNIT_CASE(reset_tsm_leaves),
	KUNIT_CASE(reset_tsm_leaves_pending),
	KUNIT_CASE(reset_tsm_leaves_private),
	{}
};

static struct kunit_suite reset_suite = {
	.name = "pci_tsm_reset",
	.test_cases = reset_cases,
};

kunit_test_suite(reset_suite);

MODULE_DESCRIPTION("KUnit tests of resets of accepted functions");
MODULE_LICENSE("GPL");
