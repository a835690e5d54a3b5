// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what comes between the steps of a restore
 *
 * A function in RUN is reset. At one of the TSM operations that follow, the TSM
 * takes its time, and something else is asked of the function meanwhile, by
 * another task. Then the operation goes on, or fails. Each test is an event and
 * a way to be reset, and goes through all operations.
 */

#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/pm.h>
#include "../../pci.h"
#include "resets.h"

/* More than anything takes that ends */
#define PATIENCE	(30 * HZ)

struct race;

/**
 * struct race_place - where the reset is when something else happens
 * @op: TSM operation
 * @nth: the how many-th since the reset began
 * @fails: it fails afterwards
 * @changed: the device is not what was accepted
 */
struct race_place {
	const char *op;
	unsigned int nth;
	bool fails;
	bool changed;
};

/* The first is before the reset: it is made up for if it fails */
static const struct race_place race_places[] = {
	{ "dma_disable", 1 },
	{ "dma_disable", 2 },
	{ "mmio_teardown", 1 },
	{ "unlock", 1 },
	{ "lock", 1 },
	{ "query", 1 },
	{ "collect", 1 },
	{ "mmio_validate", 1 },
	{ "run", 1 },
	{ "query", 2 },
	{ "dma_enable", 1 },

	{ "dma_disable", 1, true },
	{ "dma_disable", 2, true },
	{ "mmio_teardown", 1, true },
	{ "unlock", 1, true },
	{ "lock", 1, true },
	{ "query", 1, true },
	{ "collect", 1, true },
	{ "mmio_validate", 1, true },
	{ "run", 1, true },
	{ "query", 2, true },
	{ "dma_enable", 1, true },

	/* What is done for the driver's sake, and when it is gone */
	{ "query", 2, false, true },
	{ "mmio_validate", 1, false, true },
	{ "dma_disable", 3, false, true },
	{ "mmio_teardown", 4, false, true },
	{ "unlock", 2, false, true },
	{ "query", 2, true, true },
	{ "mmio_validate", 1, true, true },
	{ "dma_disable", 3, true, true },
	{ "mmio_teardown", 4, true, true },
	{ "unlock", 2, true, true },
};

/**
 * struct race_task - what is done at the same time as something else
 * @race: of which it is part
 * @call: what it does
 * @rc: what that returned
 * @done: it is done
 */
struct race_task {
	struct race *race;
	int (*call)(struct race *race);
	int rc;
	struct completion done;
};

/**
 * struct race - a function that is reset while something else happens
 * @test: the test
 * @tsm: the TSM
 * @dev: the function
 * @pdev: the same, while there are tasks
 * @place: where the reset waits
 * @calls: of the operation of @place, so far
 * @reached: the reset is there
 * @go: it may go on
 * @reset: the task that resets
 * @event: the task that does something else
 */
struct race {
	struct kunit *test;
	struct fake_tsm *tsm;
	struct fake_dev *dev;
	struct pci_dev *pdev;
	const struct race_place *place;
	unsigned int calls;
	struct completion reached;
	struct completion go;
	struct race_task reset;
	struct race_task event;
};

static int reset_by_user(struct race *race)
{
	return pci_reset_function(race->pdev);
}

static int reset_by_recovery(struct race *race)
{
	pcie_do_recovery(race->pdev, pci_channel_io_frozen,
			 resets_flr_subordinates);
	return 0;
}

static int event_remove(struct race *race)
{
	return kunit_pci_func_remove(race->dev->func);
}

static int event_tsm_leaves(struct race *race)
{
	fake_tsm_unregister(race->tsm);
	return 0;
}

static int event_unlock(struct race *race)
{
	return fake_unlock(race->tsm, race->dev);
}

static int event_unbind(struct race *race)
{
	fake_unbind(race->dev);
	return 0;
}

static int event_bind(struct race *race)
{
	return device_driver_attach(&resets_driver.driver, &race->pdev->dev);
}

static int event_nonce(struct race *race)
{
	return fake_refresh(race->dev);
}

static int event_disarm(struct race *race)
{
	return pci_tsm_restore_arm(resets_fn(race->dev), false);
}

static int event_master(struct race *race)
{
	pci_clear_master(race->pdev);
	pci_set_master(race->pdev);
	return 0;
}

static int event_check(struct race *race)
{
	pci_tsm_error_check(race->pdev);
	return 0;
}

#ifdef CONFIG_PM_SLEEP
/* As the PM core does, but for the rest of the system */
static int event_suspend(struct race *race)
{
	struct device *dev = &race->pdev->dev;
	const struct dev_pm_ops *pm = dev->bus->pm;
	int rc;

	scoped_guard(device, dev) {
		pm->prepare(dev);
		rc = pm->suspend(dev);
	}
	rc = rc ?: pm->suspend_late(dev);
	rc = rc ?: pm->suspend_noirq(dev);
	pm->resume_noirq(dev);
	pm->resume_early(dev);
	guard(device)(dev);
	pm->resume(dev);
	pm->complete(dev);
	return rc;
}
#endif

/**
 * struct race_case - a test
 * @name: of it
 * @reset: how the function is reset
 * @event: what happens meanwhile
 */
struct race_case {
	const char *name;
	int (*reset)(struct race *race);
	int (*event)(struct race *race);
};

static const struct race_case race_cases[] = {
	{ "reset and remove", reset_by_user, event_remove },
	{ "reset and TSM leaves", reset_by_user, event_tsm_leaves },
	{ "reset and unlock", reset_by_user, event_unlock },
	{ "reset and unbind", reset_by_user, event_unbind },
	{ "reset and bind", reset_by_user, event_bind },
	{ "reset and nonce", reset_by_user, event_nonce },
	{ "reset and restore 0", reset_by_user, event_disarm },
	{ "reset and bus master", reset_by_user, event_master },
	{ "reset and check", reset_by_user, event_check },
	{ "reset and reset", reset_by_user, reset_by_user },
	{ "reset and recovery", reset_by_user, reset_by_recovery },
	{ "recovery and remove", reset_by_recovery, event_remove },
	{ "recovery and TSM leaves", reset_by_recovery, event_tsm_leaves },
	{ "recovery and unlock", reset_by_recovery, event_unlock },
	{ "recovery and unbind", reset_by_recovery, event_unbind },
	{ "recovery and bind", reset_by_recovery, event_bind },
	{ "recovery and nonce", reset_by_recovery, event_nonce },
	{ "recovery and restore 0", reset_by_recovery, event_disarm },
	{ "recovery and bus master", reset_by_recovery, event_master },
	{ "recovery and check", reset_by_recovery, event_check },
	{ "recovery and reset", reset_by_recovery, reset_by_user },
#ifdef CONFIG_PM_SLEEP
	{ "reset and suspend", reset_by_user, event_suspend },
	{ "recovery and suspend", reset_by_recovery, event_suspend },
#endif
};

KUNIT_ARRAY_PARAM_DESC(race, race_cases, name);

static void race_hook(struct fake_tsm *tsm, struct fake_dev *dev,
		      const char *op)
{
	struct race *race = tsm->hook_data;

	if (strcmp(op, race->place->op) || ++race->calls != race->place->nth)
		return;
	complete(&race->reached);
	wait_for_completion(&race->go);
}

static int race_thread(void *data)
{
	struct race_task *task = data;

	task->rc = task->call(task->race);
	/* It is waited for more than once */
	complete_all(&task->done);
	return 0;
}

static void race_task_start(struct race *race, struct race_task *task,
			    int (*call)(struct race *race))
{
	struct task_struct *thread;

	task->race = race;
	task->call = call;
	init_completion(&task->done);
	thread = kthread_run(race_thread, task, "pci_tsm_race");
	KUNIT_ASSERT_FALSE(race->test, IS_ERR(thread));
}

/* In RUN and bound to its driver, whatever became of it before */
static void race_ready(struct race *race)
{
	struct fake_dev *dev = race->dev;
	struct fake_tsm *tsm = race->tsm;
	struct kunit *test = race->test;

	fake_fail(tsm, NULL, 0, 0);
	dev->svn = 0;
	if (!dev->pdev) {
		kunit_pci_host_rescan(tsm->host);
		dev->pdev = kunit_pci_func_get_dev(test, dev->func);
		KUNIT_ASSERT_NOT_NULL(test, dev->pdev);
		dev->pdev->imm_ready = 1;
	}
	if (!tsm->tsm_dev)
		fake_tsm_register(tsm);

	fake_unbind(dev);
	if (resets_fn(dev)->state != PCI_TSM_UNLOCKED)
		KUNIT_ASSERT_EQ(test, 0, fake_unlock(tsm, dev));
	resets_accept(test, dev);
	resets_bind(test, dev);
	fake_check(tsm, dev);
}

/* Reset it, and let @event come when it is at the place */
static void race_run(struct race *race, const struct race_case *c)
{
	const struct race_place *place = race->place;
	struct fake_dev *dev = race->dev;
	struct kunit *test = race->test;
	bool reached;

	race->calls = 0;
	init_completion(&race->reached);
	init_completion(&race->go);
	race->tsm->hook_data = race;
	race->tsm->hook = race_hook;
	if (place->fails)
		fake_fail(race->tsm, place->op, place->nth, -EIO);
	if (place->changed)
		dev->svn++;

	race->pdev = pci_dev_get(dev->pdev);
	race_task_start(race, &race->reset, c->reset);
	reached = wait_for_completion_timeout(&race->reached, PATIENCE);
	KUNIT_EXPECT_TRUE(test, reached);
	if (reached) {
		if (c->event == event_remove) {
			kunit_pci_put_dev(test, dev->pdev);
			dev->pdev = NULL;
		}
		race_task_start(race, &race->event, c->event);
		/* Until it is done, or waits for the other */
		wait_for_completion_timeout(&race->event.done, 2);
	}
	complete_all(&race->go);

	KUNIT_ASSERT_NE(test, 0, wait_for_completion_timeout(&race->reset.done,
							     PATIENCE));
	if (reached)
		KUNIT_ASSERT_NE(test, 0,
				wait_for_completion_timeout(&race->event.done,
							    PATIENCE));
	pci_dev_put(race->pdev);
	race->tsm->hook = NULL;
}

/* Was there a reason not to bring it back? */
static bool race_lost(struct race *race, const struct race_case *c)
{
	const struct race_place *place = race->place;

	if (place->changed)
		return true;
	if (strcmp(place->op, "dma_disable") || place->nth > 1)
		return place->fails;
	/* Not restored yet: whoever gets the lock first is right */
	return c->event == event_disarm &&
	       !strcmp(resets_fn(race->dev)->restore.status, "not-armed");
}

static void race_expect(struct race *race, const struct race_case *c)
{
	struct fake_dev *dev = race->dev;
	struct kunit *test = race->test;
	struct pci_tsm_fn *fn;

	if (c->event == event_remove) {
		KUNIT_EXPECT_EQ(test, race->tsm->failed, race->place->fails);
		KUNIT_EXPECT_EQ(test, 0, race->event.rc);
		KUNIT_EXPECT_EQ(test, dev->contexts, 0);
		KUNIT_EXPECT_EQ(test, dev->private, 0);
		KUNIT_EXPECT_FALSE(test, dev->dma);
		return;
	}

	fn = resets_fn(dev);
	flush_work(&fn->release.work);
	KUNIT_EXPECT_EQ(test, race->tsm->failed, race->place->fails);
	KUNIT_EXPECT_FALSE(test, fn->restore.pending);
	KUNIT_EXPECT_FALSE(test, fn->release.pending);
	/* Recovery that finds no driver does not say when it is over */
	if (c->event != reset_by_recovery || dev->pdev->dev.driver)
		KUNIT_EXPECT_EQ(test, dev->pdev->error_state,
				pci_channel_io_normal);
	fake_check(race->tsm, dev);

	if (c->event == event_tsm_leaves) {
		KUNIT_EXPECT_EQ(test, fn->state, PCI_TSM_UNLOCKED);
		KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	} else if (!race_lost(race, c)) {
		KUNIT_EXPECT_EQ(test, 0, race->reset.rc);
		KUNIT_EXPECT_EQ(test, fn->state, PCI_TSM_RUN);
		KUNIT_EXPECT_STREQ(test, fn->restore.status, "ok");
		KUNIT_EXPECT_EQ(test, !dev->pdev->dev.driver,
				c->event == event_unbind);
		if (c->event == event_unlock || c->event == event_bind)
			KUNIT_EXPECT_EQ(test, -EBUSY, race->event.rc);
	} else {
		/* Unlocked if that came late enough */
		KUNIT_EXPECT_EQ(test, fn->state,
				c->event == event_unlock && !race->event.rc ?
				PCI_TSM_UNLOCKED : PCI_TSM_ERROR);
		KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
		KUNIT_EXPECT_FALSE(test, dev->dma);
		/* The last teardown is made up for by an unlock */
		if (!race->place->fails || race->place->nth < 4)
			KUNIT_EXPECT_EQ(test, dev->private, 0);
		KUNIT_EXPECT_NE(test, dev->state, PCI_TSM_RUN);
	}
}

static unsigned int check_before;

static void race_check_again(void *unused)
{
	pci_tsm_check = check_before;
}

static void race_every_place(struct kunit *test)
{
	const struct race_case *c = test->param_value;
	struct race *race = kunit_kzalloc(test, sizeof(*race), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, race);
	/* It would count as an operation of the reset */
	check_before = pci_tsm_check;
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, race_check_again, NULL));
	pci_tsm_check = 0;

	race->test = test;
	race->dev = resets_devs(test, &resets_driver, 1);
	race->tsm = resets_tsm(test);
	for (int i = 0; i < ARRAY_SIZE(race_places); i++) {
		race->place = &race_places[i];
		race_ready(race);
		race_run(race, c);
		race_expect(race, c);
		if (test->status != KUNIT_SUCCESS) {
			kunit_err(test, "at %s %u%s%s\n", race->place->op,
				  race->place->nth,
				  race->place->fails ? ", which fails" : "",
				  race->place->changed ? ", changed" : "");
			return;
		}
	}
}

static struct kunit_case race_kunit_cases[] = {
	KUNIT_CASE_PARAM(race_every_place, race_gen_params),
	{}
};

static struct kunit_suite race_suite = {
	.name = "pci_tsm_race",
	.test_cases = race_kunit_cases,
};

kunit_test_suite(race_suite);

MODULE_DESCRIPTION("KUnit tests of events between the steps of a restore");
MODULE_LICENSE("GPL");
