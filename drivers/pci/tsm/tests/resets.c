// SPDX-License-Identifier: GPL-2.0
/* PCI/TSM guest side: functions that are reset for KUnit, see resets.h */

#include <kunit/test.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/tsm.h>
#include "resets.h"

struct resets_seen resets_seen;

/* Where the driver's devices are */
static struct fake_tsm *bus;

static struct fake_dev *find(struct pci_dev *pdev)
{
	struct fake_dev *dev;

	list_for_each_entry(dev, &bus->devs, node)
		if (dev->pdev == pdev)
			return dev;
	return NULL;
}

static void see(struct pci_dev *pdev, char call)
{
	const char op[] = { call, 0 };
	size_t n = strlen(resets_seen.calls);
	struct fake_dev *dev = find(pdev);

	if (n + 1 < sizeof(resets_seen.calls))
		resets_seen.calls[n] = call;
	if (!dev)
		return;

	fake_hook(bus, dev, op);
	resets_seen.state = dev->state;
	resets_seen.dma = dev->dma;
}

static int resets_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int rc = pcim_enable_device(pdev);

	if (rc)
		return rc;

	pci_set_master(pdev);
	pci_save_state(pdev);
	return 0;
}

static void resets_remove(struct pci_dev *pdev)
{
	see(pdev, 'r');
	pci_clear_master(pdev);
}

static void resets_prepare(struct pci_dev *pdev)
{
	see(pdev, 'P');
	if (resets_seen.clear_master)
		pci_clear_master(pdev);
}

static void resets_done(struct pci_dev *pdev)
{
	see(pdev, 'D');
	if (resets_seen.clear_master)
		pci_set_master(pdev);
}

static pci_ers_result_t resets_error_detected(struct pci_dev *pdev,
					      pci_channel_state_t state)
{
	struct fake_dev *dev = find(pdev);

	see(pdev, state == pci_channel_io_perm_failure ? 'X' : 'E');
	if (dev && resets_seen.dies)
		dev->state = PCI_TSM_ERROR;
	if (resets_seen.look)
		pci_tsm_restore_look(pdev->tsm_fn);
	return state == pci_channel_io_frozen || resets_seen.asks ?
	       PCI_ERS_RESULT_NEED_RESET : PCI_ERS_RESULT_CAN_RECOVER;
}

static pci_ers_result_t resets_slot_reset(struct pci_dev *pdev)
{
	see(pdev, 'S');
	pci_restore_state(pdev);
	return PCI_ERS_RESULT_RECOVERED;
}

static void resets_resume(struct pci_dev *pdev)
{
	see(pdev, 'R');
}

static const struct pci_error_handlers resets_handlers = {
	.reset_prepare = resets_prepare,
	.reset_done = resets_done,
	.error_detected = resets_error_detected,
	.slot_reset = resets_slot_reset,
	.resume = resets_resume,
};

static const struct pci_device_id resets_ids[] = {
	{ PCI_DEVICE(FAKE_VENDOR, FAKE_DEVICE) },
	{}
};

static int resets_wake(struct device *dev)
{
	see(to_pci_dev(dev), 'W');
	return 0;
}

static const struct dev_pm_ops resets_pm = {
	.resume = resets_wake,
};

struct pci_driver resets_driver = {
	.name = "pci_tsm_resets",
	.driver.pm = &resets_pm,
	.id_table = resets_ids,
	.probe = resets_probe,
	.remove = resets_remove,
	.err_handler = &resets_handlers,
};

/**
 * resets_init() - have resets_driver tell of functions
 * @test: the test
 * @tsm: where they are
 */
void resets_init(struct kunit *test, struct fake_tsm *tsm)
{
	test->priv = tsm;
	bus = tsm;
	memset(&resets_seen, 0, sizeof(resets_seen));
}

/**
 * resets_devs() - make a bus with functions that can be reset
 * @test: the test
 * @drv: driver to register
 * @nr: number of functions
 *
 * Return: the first of the functions, held.
 */
struct fake_dev *resets_devs(struct kunit *test, struct pci_driver *drv, int nr)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev;

	resets_init(test, tsm);
	/* Root Complex Integrated Endpoints recover without a bridge */
	for (int i = 0; i < nr; i++)
		fake_dev_add_type(tsm, i + 1,
				  PCI_EXP_DEVCAP_TEE | PCI_EXP_DEVCAP_FLR,
				  PCI_EXP_TYPE_RC_END);
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, drv));
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);

	/* Spares the 100 ms of each reset */
	list_for_each_entry(dev, &tsm->devs, node)
		dev->pdev->imm_ready = 1;
	memset(&resets_seen, 0, sizeof(resets_seen));
	return &tsm->pool[0];
}

/**
 * resets_accept() - lock and accept a function, by its digest
 * @test: the test
 * @dev: the function
 */
void resets_accept(struct kunit *test, struct fake_dev *dev)
{
	u8 digest[PCI_TSM_DIGEST_SIZE];

	KUNIT_ASSERT_EQ(test, 0, fake_lock(resets_tsm(test), dev));
	fake_digest(test, dev, digest);
	KUNIT_ASSERT_EQ(test, 1, fake_accept_digest(dev, digest));
}

/**
 * resets_bind() - bind resets_driver
 * @test: the test
 * @dev: the function
 */
void resets_bind(struct kunit *test, struct fake_dev *dev)
{
	KUNIT_ASSERT_EQ(test, 0, device_driver_attach(&resets_driver.driver,
						      &dev->pdev->dev));
}

/**
 * resets_dev() - make a bus with a function in RUN, bound to resets_driver
 * @test: the test
 *
 * Return: the function.
 */
struct fake_dev *resets_dev(struct kunit *test)
{
	struct fake_dev *dev = resets_devs(test, &resets_driver, 1);

	resets_accept(test, dev);
	resets_bind(test, dev);
	fake_check(resets_tsm(test), dev);
	return dev;
}

/**
 * resets_expect_restored() - a function is in RUN again, and in use
 * @test: the test
 * @dev: the function
 * @count: how often it was restored
 */
void resets_expect_restored(struct kunit *test, struct fake_dev *dev,
			    unsigned int count)
{
	struct pci_tsm_fn *fn = resets_fn(dev);

	KUNIT_EXPECT_EQ(test, fn->state, PCI_TSM_RUN);
	KUNIT_EXPECT_STREQ(test, fn->restore.status, "ok");
	KUNIT_EXPECT_EQ(test, fn->restore.count, count);
	KUNIT_EXPECT_TRUE(test, fn->restore.armed);
	KUNIT_EXPECT_FALSE(test, fn->restore.pending);
	KUNIT_EXPECT_NOT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_TRUE(test, dev->pdev->error_state == pci_channel_io_normal);
	fake_check(resets_tsm(test), dev);
}

/**
 * resets_expect_lost() - a function is in ERROR, quiet, and has no driver
 * @test: the test
 * @dev: the function
 */
void resets_expect_lost(struct kunit *test, struct fake_dev *dev)
{
	struct pci_tsm_fn *fn = resets_fn(dev);

	flush_work(&fn->release.work);
	KUNIT_EXPECT_EQ(test, fn->state, PCI_TSM_ERROR);
	KUNIT_EXPECT_NE(test, dev->state, PCI_TSM_RUN);
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_FALSE(test, fn->restore.armed);
	KUNIT_EXPECT_FALSE(test, fn->release.pending);
	KUNIT_EXPECT_FALSE(test, fn->restore.pending);
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_TRUE(test, dev->pdev->error_state == pci_channel_io_normal);
	KUNIT_EXPECT_TRUE(test, dev_no_autoprobe(&dev->pdev->dev));
	KUNIT_EXPECT_NE(test, 0, device_driver_attach(&resets_driver.driver,
						      &dev->pdev->dev));
	fake_check(resets_tsm(test), dev);
}

/**
 * resets_expect_usable() - after all, userspace can bring a function to RUN
 * @test: the test
 * @dev: the function, not UNLOCKED; in RUN with a driver afterwards
 */
void resets_expect_usable(struct kunit *test, struct fake_dev *dev)
{
	fake_fail(resets_tsm(test), NULL, 0, 0);
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(resets_tsm(test), dev));
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	fake_check(resets_tsm(test), dev);
	resets_accept(test, dev);
	KUNIT_EXPECT_STREQ(test, resets_fn(dev)->restore.status, "none");
	KUNIT_EXPECT_EQ(test, resets_fn(dev)->restore.count, 0);
	resets_bind(test, dev);
	fake_check(resets_tsm(test), dev);
}

/**
 * resets_flr_subordinates() - what pcie_do_recovery() may call to reset
 * @pdev: the function
 *
 * Return: as it expects.
 */
pci_ers_result_t resets_flr_subordinates(struct pci_dev *pdev)
{
	return pcie_flr(pdev) ? PCI_ERS_RESULT_DISCONNECT :
				PCI_ERS_RESULT_RECOVERED;
}
