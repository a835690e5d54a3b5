// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of what becomes of accepted functions that are reset */

#include <kunit/test.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/tsm.h>
#include <linux/unaligned.h>
#include <linux/workqueue.h>
#include "../../pci.h"
#include "../report.h"
#include "resets.h"

/* The driver continues with a function that is in RUN and does DMA again */
static void reset_restores(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);
	u8 before[PCI_TSM_DIGEST_SIZE], after[PCI_TSM_DIGEST_SIZE];
	u16 cmd;

	fake_digest(test, dev, before);
	for (int i = 1; i <= 3; i++) {
		memset(&resets_seen, 0, sizeof(resets_seen));
		KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
		KUNIT_EXPECT_EQ(test, dev->resets, i);
		KUNIT_EXPECT_STREQ(test, resets_seen.calls, "PD");
		KUNIT_EXPECT_EQ(test, resets_seen.state, PCI_TSM_RUN);
		KUNIT_EXPECT_TRUE(test, resets_seen.dma);
		resets_expect_restored(test, dev, i);
	}

	fake_digest(test, dev, after);
	KUNIT_EXPECT_MEMEQ(test, before, after, sizeof(before));
	pci_read_config_word(dev->pdev, PCI_COMMAND, &cmd);
	KUNIT_EXPECT_TRUE(test, cmd & PCI_COMMAND_MASTER);
}

/* Under the device's lock, and if it can be had */
static void reset_variants(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	scoped_guard(device, &dev->pdev->dev)
		KUNIT_EXPECT_EQ(test, 0, pci_reset_function_locked(dev->pdev));
	KUNIT_EXPECT_EQ(test, 0, pci_try_reset_function(dev->pdev));
	resets_expect_restored(test, dev, 2);

	dev->svn++;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_try_reset_function(dev->pdev));
	resets_expect_lost(test, dev);
	resets_expect_usable(test, dev);

	dev->svn++;
	scoped_guard(device, &dev->pdev->dev)
		KUNIT_EXPECT_EQ(test, -EKEYREJECTED,
				pci_reset_function_locked(dev->pdev));
	resets_expect_lost(test, dev);
}

/* A driver that wanted no DMA does not get it before it asks again */
static void reset_dma_off(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	resets_seen.clear_master = true;
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "PD");
	KUNIT_EXPECT_FALSE(test, resets_seen.dma);
	resets_expect_restored(test, dev, 1);
}

/* A function without a driver comes back, too, and without DMA */
static void reset_unbound(struct kunit *test)
{
	struct fake_dev *dev = resets_devs(test, &resets_driver, 1);

	resets_accept(test, dev);
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_RUN);
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->restore.count, 1);
	fake_check(resets_tsm(test), dev);

	/* There is nobody to wait for */
	dev->cert++;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_FALSE(test, resets_fn(dev)->release.pending);
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	resets_expect_lost(test, dev);
}

/* What DMA there was ends before the reset */
static void reset_prepare_stops_dma(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	pci_tsm_reset_prepare(dev->pdev, true);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_TRUE(test, pci_tsm_reset_pending(dev->pdev));
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_RUN);
	KUNIT_EXPECT_EQ(test, -EBUSY, fake_refresh(dev));

	/* Asked for too early: not forgotten */
	pci_clear_master(dev->pdev);
	pci_set_master(dev->pdev);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	pci_tsm_reset_prepare(dev->pdev, true);

	KUNIT_EXPECT_EQ(test, 0, pci_tsm_reset_done(dev->pdev));
	KUNIT_EXPECT_TRUE(test, dev->dma);
	resets_expect_restored(test, dev, 1);
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_reset_done(dev->pdev));
	resets_expect_restored(test, dev, 1);
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
	struct fake_dev *dev = resets_devs(test, &resets_driver, 1);
	struct resource bar;
	size_t len;

	if (c->small) {
		len = fake_report_range(dev->report, 0, 0x100000, 1, 0, 0);
		dev->report_len = fake_report_end(dev->report, len, 4);
	}
	resets_accept(test, dev);
	resets_bind(test, dev);

	bar = *pci_resource_n(dev->pdev, 2);
	c->change(dev);
	KUNIT_EXPECT_EQ(test, c->rc, pci_reset_function(dev->pdev));
	*pci_resource_n(dev->pdev, 2) = bar;
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status, c->status);
	if (!c->rc) {
		KUNIT_EXPECT_STREQ(test, resets_seen.calls, "PD");
		KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_RUN);
		return;
	}

	resets_expect_lost(test, dev);
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "PXr");

	/* As it was before is not enough: userspace has to look at it */
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_ERROR);
}

/* A device that may take a firmware update is measured after RUN, too */
static void reset_update_at_run(struct kunit *test)
{
	struct fake_dev *dev = resets_devs(test, &resets_driver, 1);

	dev->report[0] = 0;
	resets_accept(test, dev);
	resets_bind(test, dev);
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	resets_expect_restored(test, dev, 1);

	dev->svn_at_run = 1;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status,
			   "measurement 0x10 differs");
	resets_expect_lost(test, dev);
}

/* What was added is found as well */
static void reset_measurement_added(struct kunit *test)
{
	struct fake_dev *dev = resets_devs(test, &resets_driver, 1);

	dev->hide = 0x20;
	resets_accept(test, dev);
	resets_bind(test, dev);
	dev->hide = 0;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status,
			   "measurement 0x20 added");
	resets_expect_lost(test, dev);
	resets_expect_usable(test, dev);
}

/* The driver's last accesses reach a function that rejects them */
static void reset_private_until_released(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	dev->svn++;
	scoped_guard(device, &dev->pdev->dev) {
		KUNIT_EXPECT_EQ(test, -EKEYREJECTED,
				pci_reset_function_locked(dev->pdev));
		KUNIT_EXPECT_EQ(test, dev->private, SZ_8K + SZ_64K);
		KUNIT_EXPECT_EQ(test, dev->state, PCI_TSM_LOCKED);
		KUNIT_EXPECT_FALSE(test, dev->dma);
		KUNIT_EXPECT_NOT_NULL(test, dev->pdev->dev.driver);
		KUNIT_EXPECT_TRUE(test, pci_dev_is_disconnected(dev->pdev));
		KUNIT_EXPECT_TRUE(test, resets_fn(dev)->release.pending);
	}
	resets_expect_lost(test, dev);
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	resets_expect_usable(test, dev);
}

/* Evidence that was refused can be looked at */
static void reset_shows_evidence(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);
	u8 before[PCI_TSM_DIGEST_SIZE], after[PCI_TSM_DIGEST_SIZE];

	fake_digest(test, dev, before);
	dev->svn++;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	resets_expect_lost(test, dev);
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
	struct fake_dev *dev = resets_devs(test, &resets_driver, 1);

	KUNIT_EXPECT_EQ(test, -EINVAL, store(dev, "1"));
	KUNIT_ASSERT_EQ(test, 0, fake_lock(resets_tsm(test), dev));
	KUNIT_EXPECT_EQ(test, -EINVAL, store(dev, "1"));
	KUNIT_ASSERT_EQ(test, 1, fake_accept(dev));
	resets_bind(test, dev);
	KUNIT_EXPECT_FALSE(test, resets_fn(dev)->restore.armed);
	KUNIT_EXPECT_EQ(test, -EPERM, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status, "not-armed");
	resets_expect_lost(test, dev);
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "PXr");
	KUNIT_EXPECT_EQ(test, -EINVAL, store(dev, "1"));
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(resets_tsm(test), dev));

	KUNIT_ASSERT_EQ(test, 0, fake_lock(resets_tsm(test), dev));
	KUNIT_ASSERT_EQ(test, 1, fake_accept(dev));
	resets_bind(test, dev);
	KUNIT_EXPECT_EQ(test, 2, store(dev, "1\n"));
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	resets_expect_restored(test, dev, 1);

	KUNIT_EXPECT_EQ(test, -EINVAL, store(dev, "perhaps"));
	KUNIT_EXPECT_EQ(test, 1, store(dev, "0"));
	KUNIT_EXPECT_EQ(test, -EPERM, pci_reset_function(dev->pdev));
	resets_expect_lost(test, dev);
}

/* A driver that is not told of resets may access MMIO at any time */
static void reset_driver_not_told(struct kunit *test)
{
	struct fake_dev *dev = resets_devs(test, &fake_driver, 1);

	resets_accept(test, dev);
	KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status,
			   "driver not told");
	flush_work(&resets_fn(dev)->release.work);
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_ERROR);
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	fake_check(resets_tsm(test), dev);
}

/* A table of interrupts that the PCI core cannot restore */
static void reset_msix_locked(struct kunit *test)
{
	struct fake_dev *dev = resets_devs(test, &resets_driver, 1);
	size_t len;

	/* BAR 0, with the table and the PBA at its end */
	len = fake_report_range(dev->report, 0, 0x100000, 2, 0, 0);
	len = fake_report_range(dev->report, len, 0x100002, 1,
				PCI_TSM_RANGE_MSIX_TABLE, 0);
	len = fake_report_range(dev->report, len, 0x100003, 1,
				PCI_TSM_RANGE_MSIX_PBA, 0);
	/* Message Control: four vectors */
	put_unaligned_le16(3, dev->report + 4);
	dev->report_len = fake_report_end(dev->report, len, 4);
	resets_accept(test, dev);
	resets_bind(test, dev);
	KUNIT_ASSERT_EQ(test, dev->private, SZ_16K);

	/* Its driver does not use it */
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_RUN);

	/* As if it did: the software bus has no MMIO to write to */
	scoped_guard(mutex, &resets_fn(dev)->lock)
		dev->pdev->msix_enabled = 1;
	pci_tsm_reset_prepare(dev->pdev, true);
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, pci_tsm_reset_done(dev->pdev));
	dev->pdev->msix_enabled = 0;
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status, "msix locked");
	resets_expect_lost(test, dev);
}

/* Nothing was promised for what is not in RUN */
static void reset_locked(struct kunit *test)
{
	struct fake_dev *dev = resets_devs(test, &resets_driver, 1);

	KUNIT_ASSERT_EQ(test, 0, fake_lock(resets_tsm(test), dev));
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_ERROR);
	KUNIT_EXPECT_FALSE(test, resets_fn(dev)->restore.pending);
	fake_check(resets_tsm(test), dev);
	KUNIT_EXPECT_EQ(test, 0, fake_unlock(resets_tsm(test), dev));
}

static void reset_unlocked(struct kunit *test)
{
	struct fake_dev *dev = resets_devs(test, &resets_driver, 1);

	resets_bind(test, dev);
	fake_fail(resets_tsm(test), NULL, 1, -EPERM);
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_EQ(test, dev->resets, 1);
	KUNIT_EXPECT_FALSE(test, resets_tsm(test)->failed);
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "PD");
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_UNLOCKED);
	fake_check(resets_tsm(test), dev);
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
	struct fake_dev *dev = resets_devs(test, &resets_driver, 1);

	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, restore_params,
							   NULL));
	pci_tsm_restore_burst = 2;
	pci_tsm_restore_interval = 0;
	resets_accept(test, dev);
	resets_bind(test, dev);
	for (int i = 1; i <= 20; i++)
		KUNIT_ASSERT_EQ(test, 0, pci_reset_function(dev->pdev));
	resets_expect_restored(test, dev, 20);

	pci_tsm_restore_interval = 1000 * 60 * 60;
	fake_unbind(dev);
	resets_expect_usable(test, dev);
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	resets_expect_restored(test, dev, 2);
	KUNIT_EXPECT_EQ(test, -EBUSY, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status, "rate-limit");
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->restore.count, 2);
	resets_expect_lost(test, dev);
	resets_expect_usable(test, dev);
}

KUNIT_ARRAY_PARAM_DESC(sweep, fake_sweeps, name);

/*
 * Let the first operation of a reset fail, then the second, and so on until a
 * restore comes through.
 */
static void reset_every_op_fails(struct kunit *test)
{
	const struct fake_sweep *sweep = test->param_value;
	struct fake_dev *dev = resets_dev(test);
	struct fake_tsm *tsm = resets_tsm(test);
	const char *status = resets_fn(dev)->restore.status;
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
		resets_expect_lost(test, dev);
		resets_expect_usable(test, dev);
	} while (true);

	KUNIT_EXPECT_EQ(test, rc, 0);
	/* From dma_disable to dma_enable, with four ranges */
	KUNIT_EXPECT_GE(test, lost, 12);
}

/* The device is not what it says to be after one of the steps */
static void reset_not_run(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	/* It takes the request, and dies */
	dev->dies_at_run = true;
	KUNIT_EXPECT_EQ(test, -EIO, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status, "not-run");
	resets_expect_lost(test, dev);
	dev->dies_at_run = false;
	resets_expect_usable(test, dev);

	fake_fail(resets_tsm(test), "dma_enable", 1, -EIO);
	KUNIT_EXPECT_EQ(test, -EIO, pci_reset_function(dev->pdev));
	resets_expect_lost(test, dev);
	resets_expect_usable(test, dev);

	dev->state = PCI_TSM_UNLOCKED;
	pci_tsm_error_check(dev->pdev);
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status, "not-run");
	resets_expect_lost(test, dev);
	KUNIT_EXPECT_NOT_NULL(test, strstr(resets_seen.calls, "Xr"));
	resets_expect_usable(test, dev);
	pci_tsm_error_check(dev->pdev);
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_RUN);
}

/* DMA that the TSM does not stop: the device is made to stop */
static void reset_dma_goes_on(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);
	struct fake_tsm *tsm = resets_tsm(test);
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
	flush_work(&resets_fn(dev)->release.work);
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_ERROR);
	resets_expect_usable(test, dev);
}

/* The driver restores it by itself, and the core does not know what came of it */
static void reset_lost_before_done(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	scoped_guard(device, &dev->pdev->dev) {
		pci_tsm_reset_prepare(dev->pdev, true);
		dev->svn++;
		KUNIT_EXPECT_EQ(test, -EKEYREJECTED,
				pci_tsm_reset_done(dev->pdev));
		KUNIT_EXPECT_EQ(test, -EIO, pci_tsm_reset_finish(dev->pdev));
	}
	resets_expect_lost(test, dev);
}

/* A driver that resets its device and restores nothing loses it in the end */
static void reset_abandoned(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	KUNIT_EXPECT_EQ(test, 0, pcie_flr(dev->pdev));
	pci_tsm_error_check(dev->pdev);
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_RUN);

	scoped_guard(mutex, &resets_fn(dev)->lock)
		resets_fn(dev)->restore.reset_since -= 180ULL * NSEC_PER_SEC;
	pci_tsm_error_check(dev->pdev);
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status, "not restored");
	resets_expect_lost(test, dev);
	resets_expect_usable(test, dev);
}

/* No work is queued for a function that is about to be removed */
static void reset_start_leaving(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);
	struct pci_tsm_fn *fn = resets_fn(dev);

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
	resets_expect_restored(test, dev, 1);
}

/* A driver that comes is not taken for the one that has to go */
static void reset_attach_while_releasing(struct kunit *test)
{
	struct fake_dev *dev = resets_devs(test, &resets_driver, 1);
	struct pci_tsm_fn *fn = resets_fn(dev);

	scoped_guard(mutex, &fn->lock)
		fn->release.pending = true;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			device_driver_attach(&resets_driver.driver,
					     &dev->pdev->dev));
	scoped_guard(mutex, &fn->lock)
		fn->release.pending = false;
	resets_bind(test, dev);
}

static void expect_state(struct kunit *test, struct fake_dev *dev,
			 const char *state)
{
	struct device_attribute *attr = &pci_tsm_attr_state;
	char *buf = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_EXPECT_GT(test, attr->show(&dev->pdev->dev, attr, buf), 0);
	KUNIT_EXPECT_STREQ(test, buf, state);
}

/* Who may act on it is told the truth, and nobody else makes the TSM work */
static void reset_found_by_reading(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);
	const struct cred *mine;
	struct cred *cred;

	expect_state(test, dev, "run\n");
	fake_check(resets_tsm(test), dev);

	cred = prepare_creds();
	KUNIT_ASSERT_NOT_NULL(test, cred);
	cap_clear(cred->cap_effective);
	dev->state = PCI_TSM_ERROR;
	fake_fail(resets_tsm(test), NULL, 1, -EIO);
	mine = override_creds(cred);
	expect_state(test, dev, "run\n");
	put_cred(revert_creds(mine));
	KUNIT_EXPECT_FALSE(test, resets_tsm(test)->failed);
	fake_fail(resets_tsm(test), NULL, 0, 0);

	/* Nor is a reset waited for */
	scoped_guard(mutex, &resets_fn(dev)->lock)
		expect_state(test, dev, "run\n");
	expect_state(test, dev, "error\n");
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status, "not-run");
	resets_expect_lost(test, dev);
	resets_expect_usable(test, dev);
}

static void refresh_in_recovery(struct fake_tsm *tsm, struct fake_dev *dev,
				const char *op)
{
	if (!strcmp(op, "E"))
		KUNIT_EXPECT_EQ(tsm->test, -EBUSY, fake_refresh(dev));
}

/*
 * A device in ERROR whose driver is being told of it will be reset: whoever looks
 * meanwhile must not take it away from its driver.
 */
static void reset_look_in_recovery(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);
	static const pci_channel_state_t errors[] = {
		pci_channel_io_frozen, pci_channel_io_normal,
	};

	resets_tsm(test)->hook = refresh_in_recovery;
	for (int i = 0; i < ARRAY_SIZE(errors); i++) {
		resets_seen = (struct resets_seen) {
			.look = true,
			.dies = true,
			.asks = true,
		};
		KUNIT_EXPECT_EQ(test, PCI_ERS_RESULT_RECOVERED,
				pcie_do_recovery(dev->pdev, errors[i],
						 resets_flr_subordinates));
		KUNIT_EXPECT_STREQ(test, resets_seen.calls, "ESR");
		resets_expect_restored(test, dev, i + 1);
	}
}

/* Nobody says that it fell: it is asked from time to time */
static void reset_periodic_check(struct kunit *test)
{
	struct fake_dev *dev;

	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, restore_params,
							   NULL));
	pci_tsm_check = 10;
	dev = resets_dev(test);
	msleep(50);
	KUNIT_EXPECT_EQ(test, READ_ONCE(resets_fn(dev)->state), PCI_TSM_RUN);

	dev->state = PCI_TSM_ERROR;
	for (int i = 0; i < 100 && READ_ONCE(resets_fn(dev)->state) == PCI_TSM_RUN; i++)
		fsleep(10000);
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status, "not-run");
	resets_expect_lost(test, dev);
}

/* Drivers do that by themselves, with their own lock or the device's held */
static void reset_by_driver(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	pci_save_state(dev->pdev);
	KUNIT_EXPECT_EQ(test, 0, pcie_flr(dev->pdev));
	KUNIT_EXPECT_TRUE(test, pci_tsm_reset_pending(dev->pdev));
	pci_restore_state(dev->pdev);
	resets_expect_restored(test, dev, 1);
	KUNIT_EXPECT_TRUE(test, dev->dma);

	dev->svn++;
	scoped_guard(device, &dev->pdev->dev) {
		pci_save_state(dev->pdev);
		KUNIT_EXPECT_EQ(test, 0, __pci_reset_function_locked(dev->pdev));
		pci_restore_state(dev->pdev);
		KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_ERROR);
		KUNIT_EXPECT_TRUE(test, pci_dev_is_disconnected(dev->pdev));
	}
	resets_expect_lost(test, dev);
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "Xr");
}

/* A driver that resets its device and goes leaves it to nobody */
static void reset_by_driver_and_gone(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	KUNIT_EXPECT_EQ(test, 0, pcie_flr(dev->pdev));
	fake_unbind(dev);
	KUNIT_EXPECT_EQ(test, -EIO, device_driver_attach(&resets_driver.driver,
							 &dev->pdev->dev));
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_ERROR);
	fake_check(resets_tsm(test), dev);
	resets_expect_usable(test, dev);
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	resets_expect_restored(test, dev, 1);
}

/* Nor can a reset that was never restored keep userspace from starting anew */
static void reset_not_restored(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	KUNIT_EXPECT_EQ(test, 0, pcie_flr(dev->pdev));
	fake_unbind(dev);
	resets_expect_usable(test, dev);
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	resets_expect_restored(test, dev, 1);

	/* In ERROR by the time that it is restored: the driver goes as well */
	KUNIT_EXPECT_EQ(test, 0, pcie_flr(dev->pdev));
	scoped_guard(mutex, &resets_fn(dev)->lock)
		pci_tsm_fn_fail(resets_fn(dev), "test");
	KUNIT_EXPECT_EQ(test, -EIO, pci_tsm_reset_done(dev->pdev));
	resets_expect_lost(test, dev);
	resets_expect_usable(test, dev);
}

static pci_ers_result_t fail_subordinates(struct pci_dev *pdev)
{
	return PCI_ERS_RESULT_DISCONNECT;
}

/* Recovery from an error, between the reset and slot_reset() */
static void reset_recovery(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	KUNIT_EXPECT_EQ(test, PCI_ERS_RESULT_RECOVERED,
			pcie_do_recovery(dev->pdev, pci_channel_io_frozen,
					 resets_flr_subordinates));
	KUNIT_EXPECT_EQ(test, dev->resets, 1);
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "ESR");
	KUNIT_EXPECT_EQ(test, resets_seen.state, PCI_TSM_RUN);
	resets_expect_restored(test, dev, 1);

	/* Without a reset there is nothing to be restored */
	memset(&resets_seen, 0, sizeof(resets_seen));
	KUNIT_EXPECT_EQ(test, PCI_ERS_RESULT_RECOVERED,
			pcie_do_recovery(dev->pdev, pci_channel_io_normal,
					 resets_flr_subordinates));
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "ER");
	resets_expect_restored(test, dev, 1);
}

static void reset_recovery_lost(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	dev->svn++;
	pcie_do_recovery(dev->pdev, pci_channel_io_frozen, resets_flr_subordinates);
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status,
			   "measurement 0x10 differs");
	resets_expect_lost(test, dev);
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "EXr");
	resets_expect_usable(test, dev);

	/* The error itself was too much */
	memset(&resets_seen, 0, sizeof(resets_seen));
	dev->state = PCI_TSM_ERROR;
	pcie_do_recovery(dev->pdev, pci_channel_io_normal, resets_flr_subordinates);
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status, "not-run");
	resets_expect_lost(test, dev);
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "EXr");
	resets_expect_usable(test, dev);

	memset(&resets_seen, 0, sizeof(resets_seen));
	pcie_do_recovery(dev->pdev, pci_channel_io_frozen, fail_subordinates);
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status, "reset failed");
	resets_expect_lost(test, dev);
}

/* It is lost while others are still to be told */
static pci_ers_result_t lose_subordinates(struct pci_dev *pdev)
{
	pci_tsm_reset_failed(pdev);
	pci_tsm_release_wait(pdev->tsm_fn);
	return pdev->dev.driver ? PCI_ERS_RESULT_RECOVERED : PCI_ERS_RESULT_DISCONNECT;
}

/* Its driver would wait for who tells them, who waits for it */
static void reset_recovery_releases_later(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	KUNIT_EXPECT_EQ(test, PCI_ERS_RESULT_RECOVERED,
			pcie_do_recovery(dev->pdev, pci_channel_io_frozen,
					 lose_subordinates));
	resets_expect_lost(test, dev);
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "EXr");
	resets_expect_usable(test, dev);

	/* Two of them, of ports one below the other */
	dev->svn++;
	pci_tsm_recovery_begin(dev->pdev);
	pci_tsm_recovery_begin(dev->pdev);
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	pci_tsm_recovery_end(dev->pdev);
	pci_tsm_release_wait(resets_fn(dev));
	KUNIT_EXPECT_NOT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_EQ(test, -EBUSY, fake_unlock(resets_tsm(test), dev));
	pci_tsm_recovery_end(dev->pdev);
	resets_expect_lost(test, dev);
	/* Found after it had begun */
	pci_tsm_recovery_end(dev->pdev);
	resets_expect_usable(test, dev);
}

/* One whose driver has to go is no reason for others not to recover */
static void reset_recovery_of_others(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	dev->svn++;
	pci_tsm_recovery_begin(dev->pdev);
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	memset(&resets_seen, 0, sizeof(resets_seen));
	KUNIT_EXPECT_EQ(test, PCI_ERS_RESULT_RECOVERED,
			pcie_do_recovery(dev->pdev, pci_channel_io_normal,
					 resets_flr_subordinates));
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "");
	pci_tsm_recovery_end(dev->pdev);
	resets_expect_lost(test, dev);
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "Xr");
	resets_expect_usable(test, dev);
}

/* I/O to the function may wait for who holds its lock */
static void note_io(struct fake_tsm *tsm, struct fake_dev *dev, const char *op)
{
	bool *io = tsm->hook_data;

	if (!strcmp(op, "collect"))
		*io = !(current->flags & PF_MEMALLOC_NOIO);
}

static void reset_collects_without_io(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);
	bool io = true;

	resets_tsm(test)->hook_data = &io;
	resets_tsm(test)->hook = note_io;
	KUNIT_EXPECT_EQ(test, 0, fake_refresh(dev));
	KUNIT_EXPECT_FALSE(test, io);
	KUNIT_EXPECT_FALSE(test, current->flags & PF_MEMALLOC_NOIO);

	io = true;
	KUNIT_EXPECT_EQ(test, 0, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_FALSE(test, io);
	resets_tsm(test)->hook = NULL;
}

/* Who keeps runtime PM away from it */
static int pm_users(struct pci_dev *pdev)
{
#ifdef CONFIG_PM
	return atomic_read(&pdev->dev.power.usage_count);
#else
	return 0;
#endif
}

static void reset_removed_in_recovery(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);
	struct pci_tsm_fn *fn = resets_fn(dev);
	int users = pm_users(dev->pdev);

	dev->svn++;
	pci_tsm_recovery_begin(dev->pdev);
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	KUNIT_EXPECT_EQ(test, 0, kunit_pci_func_remove(dev->func));
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	pci_tsm_recovery_end(dev->pdev);
	KUNIT_EXPECT_FALSE(test, work_busy(&fn->release.work));
	/* One less: the driver's */
	KUNIT_EXPECT_EQ(test, pm_users(dev->pdev), IS_ENABLED(CONFIG_PM) ? users - 1 : 0);
}

/* Power that went is a reset, and the TSM knows if it went */
static void reset_power(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	pci_tsm_power_up(dev->pdev);
	KUNIT_EXPECT_FALSE(test, pci_tsm_reset_pending(dev->pdev));

	pci_save_state(dev->pdev);
	dev->state = PCI_TSM_UNLOCKED;
	pci_tsm_power_up(dev->pdev);
	KUNIT_EXPECT_TRUE(test, pci_tsm_reset_pending(dev->pdev));
	pci_restore_state(dev->pdev);
	resets_expect_restored(test, dev, 1);

	/* Who does not know is taken for lost */
	pci_save_state(dev->pdev);
	fake_fail(resets_tsm(test), "query", 1, -EIO);
	pci_tsm_power_up(dev->pdev);
	KUNIT_EXPECT_TRUE(test, pci_tsm_reset_pending(dev->pdev));
	pci_restore_state(dev->pdev);
	resets_expect_restored(test, dev, 2);
}

/* A function that is LOCKED and keeps its state stays so */
static void reset_power_locked(struct kunit *test)
{
	struct fake_dev *dev = resets_devs(test, &resets_driver, 1);

	pci_tsm_power_up(dev->pdev);
	KUNIT_EXPECT_FALSE(test, pci_tsm_reset_pending(dev->pdev));
	KUNIT_ASSERT_EQ(test, 0, fake_lock(resets_tsm(test), dev));
	pci_tsm_power_up(dev->pdev);
	KUNIT_EXPECT_FALSE(test, pci_tsm_reset_pending(dev->pdev));

	pci_save_state(dev->pdev);
	dev->state = PCI_TSM_UNLOCKED;
	pci_tsm_power_up(dev->pdev);
	pci_restore_state(dev->pdev);
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_ERROR);
	fake_check(resets_tsm(test), dev);
}

#ifdef CONFIG_SUSPEND
static int suspend_and_resume(struct fake_dev *dev)
{
	struct device *d = &dev->pdev->dev;
	const struct dev_pm_ops *pm = d->bus->pm;
	int rc;

	/* Keeps a driver that is to be released until then */
	guard(device)(d);
	rc = pm->suspend(d) ?: pm->suspend_late(d) ?: pm->suspend_noirq(d);
	if (rc)
		return rc;

	dev->state = PCI_TSM_UNLOCKED;
	dev->dma = false;
	rc = pm->resume_noirq(d);
	/* The PM core goes on after an error, too */
	rc = pm->resume_early(d) ?: rc;
	return pm->resume(d) ?: rc;
}

/* The driver of a function that is lost must not touch it when it wakes up */
static void reset_lost_is_not_resumed(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	KUNIT_EXPECT_EQ(test, 0, suspend_and_resume(dev));
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "W");
	resets_expect_restored(test, dev, 1);

	memset(&resets_seen, 0, sizeof(resets_seen));
	fake_fail(resets_tsm(test), "lock", 1, -EIO);
	KUNIT_EXPECT_EQ(test, -EIO, suspend_and_resume(dev));
	resets_expect_lost(test, dev);
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "Xr");
	resets_expect_usable(test, dev);
}
#endif

#ifdef CONFIG_PM
/* Who is put to sleep on purpose is not asked where it is */
static void reset_check_sleeping(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);
	struct device *d = &dev->pdev->dev;

	/* The bridge would go to sleep, too */
	KUNIT_ASSERT_GE(test, pm_runtime_resume_and_get(d->parent), 0);
	pm_runtime_disable(d);
	KUNIT_EXPECT_EQ(test, 0, pm_runtime_set_suspended(d));
	pm_runtime_enable(d);
	dev->state = PCI_TSM_ERROR;
	mod_delayed_work(system_percpu_wq, &resets_fn(dev)->restore.check, 0);
	flush_delayed_work(&resets_fn(dev)->restore.check);
	pci_tsm_restore_look(resets_fn(dev));
	KUNIT_EXPECT_EQ(test, READ_ONCE(resets_fn(dev)->state), PCI_TSM_RUN);
	pm_runtime_disable(d);
	KUNIT_EXPECT_EQ(test, 0, pm_runtime_set_active(d));
	pm_runtime_enable(d);
	pm_runtime_put(d->parent);
	mod_delayed_work(system_percpu_wq, &resets_fn(dev)->restore.check, 0);
	for (int i = 0; i < 100 && READ_ONCE(resets_fn(dev)->state) == PCI_TSM_RUN; i++)
		fsleep(10000);
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status, "not-run");
	resets_expect_lost(test, dev);
}
#endif

/* The next one begins before the first has looked what came of it */
static void reset_overlapping(struct kunit *test)
{
	struct fake_dev *dev = resets_devs(test, &resets_driver, 1);

	resets_accept(test, dev);
	resets_bind(test, dev);
	pci_save_state(dev->pdev);
	pcie_flr(dev->pdev);
	__pci_restore_state(dev->pdev);
	pci_tsm_reset_start(dev->pdev);
	flush_work(&resets_fn(dev)->restore.work);

	pci_save_state(dev->pdev);
	pcie_flr(dev->pdev);
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_reset_finish(dev->pdev));
	__pci_restore_state(dev->pdev);
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_reset_done(dev->pdev));
	resets_expect_restored(test, dev, 2);
}

/* Nobody restores a function that is about to be removed, and that is no success */
static void reset_leaving(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);
	struct pci_tsm_fn *fn = resets_fn(dev);

	pci_save_state(dev->pdev);
	pcie_flr(dev->pdev);
	__pci_restore_state(dev->pdev);
	scoped_guard(mutex, &fn->lock)
		fn->leaving = true;
	KUNIT_EXPECT_EQ(test, -EIO, pci_tsm_reset_done(dev->pdev));

	scoped_guard(mutex, &fn->lock)
		fn->leaving = false;
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_reset_done(dev->pdev));
	resets_expect_restored(test, dev, 1);
}

/* Functions below one bridge do not wait for each other */
static void reset_parallel(struct kunit *test)
{
	struct fake_dev *dev = resets_devs(test, &resets_driver, 3);
	struct fake_tsm *tsm = resets_tsm(test);

	for (int i = 0; i < 3; i++) {
		resets_accept(test, &dev[i]);
		resets_bind(test, &dev[i]);
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
	resets_expect_restored(test, &dev[0], 1);
	resets_expect_lost(test, &dev[1]);
	resets_expect_restored(test, &dev[2], 1);
}

/* Lost, and removed before its driver could be released */
static void reset_removed(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

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
	struct fake_dev *dev = resets_dev(test);

	dev->svn++;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	fake_tsm_unregister(resets_tsm(test));
	flush_work(&resets_fn(dev)->release.work);
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_UNLOCKED);
	KUNIT_EXPECT_EQ(test, dev->pdev->error_state, pci_channel_io_normal);
	fake_check(resets_tsm(test), dev);
}

/* The TSM leaves in the middle: no reset brings the function back */
static void reset_tsm_leaves_pending(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	pci_save_state(dev->pdev);
	KUNIT_EXPECT_EQ(test, 0, pcie_flr(dev->pdev));
	fake_tsm_unregister(resets_tsm(test));
	pci_restore_state(dev->pdev);
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_UNLOCKED);
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->restore.count, 0);
	KUNIT_EXPECT_FALSE(test, resets_fn(dev)->restore.pending);
	fake_check(resets_tsm(test), dev);
}

/* The same, and it cannot even tear down what is private */
static void reset_tsm_leaves_private(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	pci_save_state(dev->pdev);
	KUNIT_EXPECT_EQ(test, 0, pcie_flr(dev->pdev));
	fake_fail(resets_tsm(test), "mmio_teardown", 1, -EIO);
	fake_tsm_unregister(resets_tsm(test));
	pci_restore_state(dev->pdev);
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->state, PCI_TSM_ERROR);
	KUNIT_EXPECT_EQ(test, dev->contexts, 0);
	KUNIT_EXPECT_FALSE(test, resets_fn(dev)->restore.pending);
	KUNIT_EXPECT_FALSE(test, resets_fn(dev)->release.pending);
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
}

/*
 * Without a driver, runtime PM saves the configuration of a device and restores
 * it. While a function looks disconnected, there is nothing of it to be saved.
 */
static void reset_lost_while_idle(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);
	struct device *d = &dev->pdev->dev;
	u32 bar = kunit_pci_func_config_get(dev->func, PCI_BASE_ADDRESS_0, 4);

	pm_runtime_allow(d);
	dev->svn++;
	KUNIT_EXPECT_EQ(test, -EKEYREJECTED, pci_reset_function(dev->pdev));
	flush_work(&resets_fn(dev)->release.work);

	/* Idle, and then of use again */
	pm_runtime_suspend(d);
	KUNIT_EXPECT_TRUE(test, pm_runtime_status_suspended(d));
	KUNIT_ASSERT_EQ(test, 0, pm_runtime_resume_and_get(d));
	KUNIT_EXPECT_EQ(test, bar,
			kunit_pci_func_config_get(dev->func,
						  PCI_BASE_ADDRESS_0, 4));
	pm_runtime_put_noidle(d);
	pm_runtime_forbid(d);
	resets_expect_lost(test, dev);
	resets_expect_usable(test, dev);
}

/* Another reset comes before the driver is released: not for the driver */
static void reset_lost_again(struct kunit *test)
{
	struct fake_dev *dev = resets_dev(test);

	dev->svn++;
	scoped_guard(device, &dev->pdev->dev) {
		KUNIT_EXPECT_EQ(test, -EKEYREJECTED,
				pci_reset_function_locked(dev->pdev));
		KUNIT_EXPECT_STREQ(test, resets_seen.calls, "P");
		KUNIT_EXPECT_NE(test, 0, pci_reset_function_locked(dev->pdev));
		KUNIT_EXPECT_STREQ(test, resets_seen.calls, "P");
	}
	flush_work(&resets_fn(dev)->release.work);
	KUNIT_EXPECT_STREQ(test, resets_seen.calls, "PXr");
	resets_expect_lost(test, dev);
	resets_expect_usable(test, dev);
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
	KUNIT_CASE(reset_msix_locked),
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
	KUNIT_CASE(reset_found_by_reading),
	KUNIT_CASE(reset_look_in_recovery),
	KUNIT_CASE(reset_periodic_check),
	KUNIT_CASE(reset_by_driver),
	KUNIT_CASE(reset_by_driver_and_gone),
	KUNIT_CASE(reset_not_restored),
	KUNIT_CASE(reset_recovery),
	KUNIT_CASE(reset_recovery_lost),
	KUNIT_CASE(reset_recovery_releases_later),
	KUNIT_CASE(reset_recovery_of_others),
	KUNIT_CASE(reset_collects_without_io),
	KUNIT_CASE(reset_removed_in_recovery),
	KUNIT_CASE(reset_power),
	KUNIT_CASE(reset_power_locked),
#ifdef CONFIG_SUSPEND
	KUNIT_CASE(reset_lost_is_not_resumed),
#endif
#ifdef CONFIG_PM
	KUNIT_CASE(reset_check_sleeping),
#endif
	KUNIT_CASE(reset_overlapping),
	KUNIT_CASE(reset_lost_while_idle),
	KUNIT_CASE(reset_lost_again),
	KUNIT_CASE(reset_leaving),
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
