// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of drivers and devices that come and go, of several functions and of
 * several TSMs
 */

#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/tsm.h>
#include "../../pci.h"
#include "fake.h"

#define BINDS	100

static enum pci_tsm_state state_of(struct fake_dev *dev)
{
	return dev->pdev->tsm_fn->state;
}

static void life_run(struct kunit *test, struct fake_tsm *tsm, struct fake_dev *dev)
{
	KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, dev));
	KUNIT_ASSERT_EQ(test, 1, fake_accept(dev));
}

/* A function in RUN; @drv is there for an explicit bind */
static struct fake_dev *life_dev(struct kunit *test, struct pci_driver *drv)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE);

	test->priv = tsm;
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, drv));
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	life_run(test, tsm, dev);
	return dev;
}

static void life_count(struct fake_tsm *tsm, struct fake_dev *dev, const char *op)
{
	int *left_run = tsm->hook_data;

	if (!strcmp(op, "lock") || !strcmp(op, "unlock") || !strcmp(op, "run"))
		(*left_run)++;
}

static void life_many_binds(struct kunit *test)
{
	struct fake_dev *dev = life_dev(test, &fake_driver);
	struct fake_tsm *tsm = test->priv;
	int left_run = 0;

	tsm->hook_data = &left_run;
	WRITE_ONCE(tsm->hook, life_count);
	for (int i = 0; i < BINDS; i++) {
		KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));
		KUNIT_ASSERT_TRUE(test, dev->dma);
		fake_unbind(dev);
		KUNIT_ASSERT_FALSE(test, dev->dma);
		KUNIT_ASSERT_EQ(test, state_of(dev), PCI_TSM_RUN);
	}
	WRITE_ONCE(tsm->hook, NULL);

	KUNIT_EXPECT_EQ(test, left_run, 0);
	KUNIT_EXPECT_EQ(test, dev->contexts, 1);
	fake_check(tsm, dev);
}

static int life_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int rc = pci_enable_device(pdev);

	pci_set_master(pdev);
	return rc;
}

/* It did half of its work, and undoes none of it */
static int life_probe_fails(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return life_probe(pdev, id) ?: -ENOMEM;
}

static void life_remove_nothing(struct pci_dev *pdev)
{
}

static const struct pci_device_id life_ids[] = {
	{ PCI_DEVICE(FAKE_VENDOR, FAKE_DEVICE) },
	{}
};

static struct pci_driver life_fails_driver = {
	.name = "pci_tsm_life_fails",
	.id_table = life_ids,
	.probe = life_probe_fails,
};

static struct pci_driver life_forgets_driver = {
	.name = "pci_tsm_life_forgets",
	.id_table = life_ids,
	.probe = life_probe,
	.remove = life_remove_nothing,
};

static void life_driver_fails(struct kunit *test)
{
	struct fake_dev *dev = life_dev(test, &life_fails_driver);

	KUNIT_EXPECT_EQ(test, -ENOMEM,
			device_driver_attach(&life_fails_driver.driver, &dev->pdev->dev));
	KUNIT_EXPECT_EQ(test, state_of(dev), PCI_TSM_RUN);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	fake_check(test->priv, dev);
	pci_disable_device(dev->pdev);
}

/* pci_clear_master(), pci_disable_device() */
static void life_driver_forgets(struct kunit *test)
{
	struct fake_dev *dev = life_dev(test, &life_forgets_driver);

	KUNIT_ASSERT_EQ(test, 0, device_driver_attach(&life_forgets_driver.driver,
						      &dev->pdev->dev));
	KUNIT_EXPECT_TRUE(test, dev->dma);
	fake_unbind(dev);
	KUNIT_EXPECT_EQ(test, state_of(dev), PCI_TSM_RUN);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	fake_check(test->priv, dev);
	pci_disable_device(dev->pdev);
}

/* One device; each of its functions has a state of its own */
static void life_two_functions(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	u32 devcap = PCI_EXP_DEVCAP_TEE | PCI_EXP_DEVCAP_FLR;
	struct fake_dev *a, *b;

	a = fake_dev_add_caps(tsm, PCI_DEVFN(1, 0), devcap, PCI_EXP_TYPE_ENDPOINT, NULL, 0);
	b = fake_dev_add_caps(tsm, PCI_DEVFN(1, 1), devcap, PCI_EXP_TYPE_ENDPOINT, NULL, 0);
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &fake_driver));
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);

	life_run(test, tsm, a);
	KUNIT_EXPECT_EQ(test, state_of(b), PCI_TSM_UNLOCKED);
	KUNIT_EXPECT_EQ(test, 0, fake_bind(b));
	fake_unbind(b);
	life_run(test, tsm, b);
	KUNIT_EXPECT_EQ(test, 0, fake_bind(a));
	KUNIT_EXPECT_EQ(test, 0, fake_bind(b));

	fake_unbind(a);
	KUNIT_EXPECT_EQ(test, -EPERM, pci_reset_function(a->pdev));
	KUNIT_EXPECT_EQ(test, state_of(a), PCI_TSM_ERROR);
	KUNIT_EXPECT_EQ(test, state_of(b), PCI_TSM_RUN);
	KUNIT_EXPECT_TRUE(test, b->dma);
	fake_check(tsm, a);
	fake_check(tsm, b);
}

static void life_second_leaves(void *data)
{
	tsm_unregister(data);
}

static struct tsm_dev *life_second_tsm(struct kunit *test, struct fake_tsm *tsm)
{
	struct device *parent = kunit_device_register(test, "fake-tsm-2");
	struct tsm_dev *tsm_dev;

	KUNIT_ASSERT_FALSE(test, IS_ERR(parent));
	tsm_dev = tsm_register(parent, &tsm->ops);
	KUNIT_ASSERT_FALSE(test, IS_ERR(tsm_dev));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, life_second_leaves,
							   tsm_dev));
	return tsm_dev;
}

static int life_lock_by(struct fake_dev *dev, struct tsm_dev *tsm_dev)
{
	guard(device)(&dev->pdev->dev);
	return pci_tsm_fn_lock(dev->pdev->tsm_fn, tsm_dev->id);
}

static int life_unlock_by(struct fake_dev *dev, struct tsm_dev *tsm_dev)
{
	guard(device)(&dev->pdev->dev);
	return pci_tsm_fn_unlock(dev->pdev->tsm_fn, tsm_dev->id);
}

/* Each has its functions, and takes no others along when it leaves */
static void life_two_tsms(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *a = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE);
	struct fake_dev *b = fake_dev_add(tsm, 2, PCI_EXP_DEVCAP_TEE);
	struct tsm_dev *second;

	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &fake_driver));
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	second = life_second_tsm(test, tsm);

	life_run(test, tsm, a);
	KUNIT_ASSERT_EQ(test, 0, life_lock_by(b, second));
	KUNIT_ASSERT_EQ(test, 1, fake_accept(b));
	KUNIT_EXPECT_EQ(test, 0, fake_bind(a));
	KUNIT_EXPECT_EQ(test, 0, fake_bind(b));

	fake_unbind(a);
	KUNIT_EXPECT_EQ(test, -EINVAL, life_unlock_by(a, second));
	KUNIT_EXPECT_EQ(test, state_of(a), PCI_TSM_RUN);
	KUNIT_EXPECT_EQ(test, 0, fake_bind(a));

	fake_tsm_unregister(tsm);
	KUNIT_EXPECT_EQ(test, state_of(a), PCI_TSM_UNLOCKED);
	KUNIT_EXPECT_NULL(test, a->pdev->dev.driver);
	KUNIT_EXPECT_EQ(test, state_of(b), PCI_TSM_RUN);
	KUNIT_EXPECT_NOT_NULL(test, b->pdev->dev.driver);
	KUNIT_EXPECT_TRUE(test, b->dma);

	/* Its functions still keep still */
	KUNIT_EXPECT_EQ(test, -EPERM, pci_user_write_config_byte(b->pdev, PCI_BIST, 1));

	KUNIT_EXPECT_EQ(test, 0, life_lock_by(a, second));
	fake_check(tsm, a);
	fake_check(tsm, b);
	fake_unbind(b);
	KUNIT_EXPECT_EQ(test, 0, life_unlock_by(a, second));
	KUNIT_EXPECT_EQ(test, 0, life_unlock_by(b, second));
}

/* What the TSM makes of a device that was pulled out */
enum pulled_tsm {
	PULLED_UNNOTICED,
	PULLED_IN_ERROR,
	PULLED_FAILS,
};

struct pulled {
	const char *name;
	enum pci_tsm_state state;
	bool bound;
	enum pulled_tsm tsm;
};

static const struct pulled pulled[] = {
	{ "unlocked", PCI_TSM_UNLOCKED },
	{ "unlocked, bound", PCI_TSM_UNLOCKED, true },
	{ "locked", PCI_TSM_LOCKED },
	{ "locked, TSM says error", PCI_TSM_LOCKED, false, PULLED_IN_ERROR },
	{ "locked, TSM fails", PCI_TSM_LOCKED, false, PULLED_FAILS },
	{ "run", PCI_TSM_RUN },
	{ "run, TSM says error", PCI_TSM_RUN, false, PULLED_IN_ERROR },
	{ "run, TSM fails", PCI_TSM_RUN, false, PULLED_FAILS },
	{ "run, bound", PCI_TSM_RUN, true },
	{ "run, bound, TSM says error", PCI_TSM_RUN, true, PULLED_IN_ERROR },
	{ "run, bound, TSM fails", PCI_TSM_RUN, true, PULLED_FAILS },
	{ "error", PCI_TSM_ERROR },
	{ "error, TSM fails", PCI_TSM_ERROR, false, PULLED_FAILS },
};

static void pulled_desc(const struct pulled *p, char *desc)
{
	strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pulled, pulled, pulled_desc);

static void pulled_goto(struct kunit *test, struct fake_tsm *tsm, struct fake_dev *dev,
			enum pci_tsm_state state)
{
	if (state != PCI_TSM_UNLOCKED)
		KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, dev));
	if (state == PCI_TSM_RUN)
		KUNIT_ASSERT_EQ(test, 1, fake_accept(dev));
	if (state == PCI_TSM_ERROR) {
		dev->state = PCI_TSM_ERROR;
		KUNIT_ASSERT_EQ(test, -EIO, fake_accept(dev));
	}
	KUNIT_ASSERT_EQ(test, state_of(dev), state);
}

/* Reads are all-ones, and the kernel learns of it some time later */
static void life_pulled_out(struct kunit *test)
{
	const struct pulled *p = test->param_value;
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE | PCI_EXP_DEVCAP_FLR);
	struct pci_tsm_fn *fn;

	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &fake_driver));
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	fn = dev->pdev->tsm_fn;
	pulled_goto(test, tsm, dev, p->state);
	if (p->bound)
		KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));

	kunit_pci_func_set_present(dev->func, false);
	dev->dma = false;
	if (p->tsm == PULLED_IN_ERROR)
		dev->state = PCI_TSM_ERROR;
	if (p->tsm == PULLED_FAILS) {
		fake_fail(tsm, NULL, 1, -ENXIO);
		tsm->fail_on = true;
	}

	/* Whoever does something meanwhile comes to an end */
	pci_user_write_config_word(dev->pdev, PCI_COMMAND, 0);
	pci_user_write_config_byte(dev->pdev, PCI_BIST, 0x40);
	if (p->state == PCI_TSM_LOCKED && p->tsm != PULLED_UNNOTICED) {
		KUNIT_EXPECT_GT(test, 0, fake_accept(dev));
		KUNIT_EXPECT_EQ(test, state_of(dev), PCI_TSM_ERROR);
	}
	pci_tsm_restore_look(fn);
	if (p->state == PCI_TSM_RUN && p->tsm != PULLED_UNNOTICED) {
		KUNIT_EXPECT_EQ(test, state_of(dev), PCI_TSM_ERROR);
		pci_tsm_release_wait(fn);
		KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
		KUNIT_EXPECT_EQ(test, dev->pdev->error_state,
				p->bound ? pci_channel_io_perm_failure :
					   pci_channel_io_normal);
	}

	KUNIT_EXPECT_EQ(test, 0, kunit_pci_func_remove(dev->func));
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_EQ(test, dev->contexts, 0);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	if (p->tsm != PULLED_FAILS) {
		KUNIT_EXPECT_EQ(test, dev->state, PCI_TSM_UNLOCKED);
		KUNIT_EXPECT_EQ(test, dev->private, 0);
	}

	/* In the same place again, and as any that is new */
	fake_fail(tsm, NULL, 0, 0);
	kunit_pci_func_set_present(dev->func, true);
	kunit_pci_host_rescan(tsm->host);
	dev->pdev = kunit_pci_func_get_dev(test, dev->func);
	KUNIT_ASSERT_NOT_NULL(test, dev->pdev);
	KUNIT_EXPECT_EQ(test, state_of(dev), PCI_TSM_UNLOCKED);
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	life_run(test, tsm, dev);
	KUNIT_EXPECT_EQ(test, 0, fake_bind(dev));
	fake_check(tsm, dev);
}

static struct kunit_case life_test_cases[] = {
	KUNIT_CASE(life_many_binds),
	KUNIT_CASE(life_driver_fails),
	KUNIT_CASE(life_driver_forgets),
	KUNIT_CASE(life_two_functions),
	KUNIT_CASE(life_two_tsms),
	KUNIT_CASE_PARAM(life_pulled_out, pulled_gen_params),
	{}
};

static struct kunit_suite life_test_suite = {
	.name = "pci_tsm_life",
	.test_cases = life_test_cases,
};

kunit_test_suite(life_test_suite);

MODULE_DESCRIPTION("KUnit tests of drivers that come and go, and of several TSMs");
MODULE_LICENSE("GPL");
