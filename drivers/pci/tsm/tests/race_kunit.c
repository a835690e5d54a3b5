// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what comes between the steps of a restore
 *
 * A function in RUN is reset. At one of the TSM operations that follow, or when
 * its driver is called, it takes some time, and something else is asked of the
 * function meanwhile, by another task. Then it goes on, or fails. Each test is an
 * event and a way to be reset, and goes through all these places.
 */

#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/pm.h>
#include <linux/sched/task.h>
#include "../../pci.h"
#include "../report.h"
#include "resets.h"

/* More than anything takes that ends */
#define PATIENCE	(30 * HZ)

struct race;

enum race_way {
	RACE_ANY,
	RACE_RESET,
	RACE_RECOVERY,
};

/**
 * struct race_place - where the reset is when something else happens
 * @op: TSM operation, or letter of a driver's call (see &struct resets_seen)
 * @nth: the how many-th since the reset began
 * @way: it is there only if the function is reset in this way
 * @fails: it fails afterwards
 * @changed: the device is not what was accepted
 * @updates: the device may take a firmware update in RUN
 */
struct race_place {
	const char *op;
	unsigned int nth;
	enum race_way way;
	bool fails;
	bool changed;
	bool updates;
};

static const struct race_place race_places[] = {
	/* Before the reset */
	{ "P", 1, RACE_RESET },
	{ "E", 1, RACE_RECOVERY },
	{ "dma_disable", 1 },
	/* It is made up for if that fails */
	{ "dma_disable", 1, .fails = true },

	{ "dma_disable", 2 },
	{ "mmio_teardown", 1 },
	{ "unlock", 1 },
	{ "lock", 1 },
	{ "query", 1 },
	{ "collect", 1 },
	{ "mmio_validate", 1 },
	{ "run", 1 },
	{ "query", 2 },
	{ "collect", 2, .updates = true },
	{ "dma_enable", 1 },
	{ "dma_disable", 2, .fails = true },
	{ "mmio_teardown", 1, .fails = true },
	{ "unlock", 1, .fails = true },
	{ "lock", 1, .fails = true },
	{ "query", 1, .fails = true },
	{ "collect", 1, .fails = true },
	{ "mmio_validate", 1, .fails = true },
	{ "run", 1, .fails = true },
	{ "query", 2, .fails = true },
	{ "collect", 2, .fails = true, .updates = true },
	{ "dma_enable", 1, .fails = true },

	/* It is restored, and its driver is told */
	{ "D", 1, RACE_RESET },
	{ "S", 1, RACE_RECOVERY },
	{ "R", 1, RACE_RECOVERY },

	/* It is lost: before its driver is told, then until it is gone */
	{ "query", 2, .changed = true },
	{ "mmio_validate", 1, .changed = true },
	{ "dma_disable", 3, .changed = true },
	{ "X", 1, .changed = true },
	{ "r", 1, .changed = true },
	{ "mmio_teardown", 4, .changed = true },
	{ "unlock", 2, .changed = true },
	{ "query", 2, .changed = true, .fails = true },
	{ "mmio_validate", 1, .changed = true, .fails = true },
	{ "dma_disable", 3, .changed = true, .fails = true },
	{ "mmio_teardown", 4, .changed = true, .fails = true },
	{ "unlock", 2, .changed = true, .fails = true },
};

/**
 * struct race_task - what is done at the same time as something else
 * @race: of which it is part
 * @thread: the task, NULL if there is none
 * @call: what it does
 * @rc: what that returned
 * @done: it is done
 */
struct race_task {
	struct race *race;
	struct task_struct *thread;
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

static int event_arm(struct race *race)
{
	return pci_tsm_restore_arm(resets_fn(race->dev), true);
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

static int event_look(struct race *race)
{
	pci_tsm_restore_look(resets_fn(race->dev));
	return 0;
}

#ifdef CONFIG_SUSPEND
/* As the PM core does, but for the rest of the system */
static int suspend(struct race *race, bool power_off)
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
	if (power_off) {
		race->dev->state = PCI_TSM_UNLOCKED;
		race->dev->dma = false;
	}
	pm->resume_noirq(dev);
	pm->resume_early(dev);
	guard(device)(dev);
	pm->resume(dev);
	pm->complete(dev);
	return rc;
}

static int event_suspend(struct race *race)
{
	return suspend(race, false);
}

static int event_power_off(struct race *race)
{
	return suspend(race, true);
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
	{ "reset and restore 1", reset_by_user, event_arm },
	{ "reset and look", reset_by_user, event_look },
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
	{ "recovery and restore 1", reset_by_recovery, event_arm },
	{ "recovery and look", reset_by_recovery, event_look },
	{ "recovery and bus master", reset_by_recovery, event_master },
	{ "recovery and check", reset_by_recovery, event_check },
	{ "recovery and reset", reset_by_recovery, reset_by_user },
#ifdef CONFIG_SUSPEND
	{ "reset and suspend", reset_by_user, event_suspend },
	{ "reset and power off", reset_by_user, event_power_off },
	{ "recovery and suspend", reset_by_recovery, event_suspend },
#endif
};

KUNIT_ARRAY_PARAM_DESC(race, race_cases, name);

/* Is there something to restore after the event, too? */
static bool is_reset(const struct race_case *c)
{
#ifdef CONFIG_SUSPEND
	if (c->event == event_power_off)
		return true;
	/* A resume restores also what a recovery is about to reset */
	if (c->event == event_suspend && c->reset == reset_by_recovery)
		return true;
#endif
	return c->event == reset_by_user || c->event == reset_by_recovery;
}

static bool is_before(const struct race_place *place)
{
	return place - race_places < 4;
}

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
	task->race = race;
	task->call = call;
	init_completion(&task->done);
	task->thread = kthread_create(race_thread, task, "pci_tsm_race");
	if (IS_ERR(task->thread)) {
		KUNIT_FAIL(race->test, "no thread: %pe", task->thread);
		task->thread = NULL;
		return;
	}
	get_task_struct(task->thread);
	wake_up_process(task->thread);
}

/* Until it is done, or waits for the other task */
static void race_task_go(struct race_task *task)
{
	if (!task->thread)
		return;

	do {
		schedule_timeout_uninterruptible(1);
	} while (!completion_done(&task->done) &&
		 READ_ONCE(task->thread->__state) == TASK_RUNNING);
}

static void race_task_end(struct race_task *task)
{
	struct kunit *test = task->race->test;

	if (!task->thread)
		return;

	/* If not, nothing can be taken down any more */
	KUNIT_ASSERT_NE(test, 0,
			wait_for_completion_timeout(&task->done, PATIENCE));
	put_task_struct(task->thread);
	task->thread = NULL;
}

/* In RUN and bound to its driver, whatever became of it before */
static void race_ready(struct race *race)
{
	struct fake_dev *dev = race->dev;
	struct fake_tsm *tsm = race->tsm;
	struct kunit *test = race->test;

	fake_fail(tsm, NULL, 0, 0);
	dev->svn = 0;
	dev->report[0] = race->place->updates ? 0 : PCI_TSM_REPORT_NO_FW_UPDATE;
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
	WRITE_ONCE(race->tsm->hook, race_hook);
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
		race_task_go(&race->event);
	}
	complete_all(&race->go);

	race_task_end(&race->reset);
	if (reached)
		race_task_end(&race->event);
	if (dev->pdev)
		flush_work(&resets_fn(dev)->release.work);
	WRITE_ONCE(race->tsm->hook, NULL);
	pci_dev_put(race->pdev);
}

/* Was there a reason not to bring it back? */
static bool race_lost(struct race *race, const struct race_case *c)
{
	const struct race_place *place = race->place;

	if (place->changed)
		return true;
	if (!is_before(place))
		return place->fails;
	/* Not restored yet: whoever gets the lock first is right */
	return c->event == event_disarm &&
	       !strcmp(resets_fn(race->dev)->restore.status, "not-armed");
}

/* What the event came to, if the function was brought back */
static void race_expect_event(struct race *race, const struct race_case *c)
{
	struct pci_tsm_fn *fn = resets_fn(race->dev);
	struct kunit *test = race->test;
	int rc = race->event.rc;

	if (c->event == event_unlock || c->event == event_bind)
		KUNIT_EXPECT_EQ(test, -EBUSY, rc);
	else if (c->event == event_nonce)
		KUNIT_EXPECT_TRUE(test, !rc || rc == -EBUSY);
	else
		KUNIT_EXPECT_EQ(test, 0, rc);

	/* Two that come together may be one */
	KUNIT_EXPECT_GE(test, fn->restore.count, 1);
	KUNIT_EXPECT_LE(test, fn->restore.count, is_reset(c) ? 2 : 1);
	KUNIT_EXPECT_EQ(test, fn->restore.armed, c->event != event_disarm);
	KUNIT_EXPECT_EQ(test, !race->dev->pdev->dev.driver,
			c->event == event_unbind);
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
	KUNIT_EXPECT_EQ(test, race->tsm->failed, race->place->fails);
	KUNIT_EXPECT_FALSE(test, fn->restore.pending);
	KUNIT_EXPECT_FALSE(test, fn->release.pending);
	/* Recovery that finds no driver does not say when it is over */
	if (c->event != reset_by_recovery || dev->pdev->dev.driver)
		KUNIT_EXPECT_TRUE(test, dev->pdev->error_state ==
					pci_channel_io_normal);
	fake_check(race->tsm, dev);

	if (c->event == event_tsm_leaves) {
		KUNIT_EXPECT_EQ(test, fn->state, PCI_TSM_UNLOCKED);
		KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	} else if (!race_lost(race, c)) {
		KUNIT_EXPECT_EQ(test, 0, race->reset.rc);
		KUNIT_EXPECT_EQ(test, fn->state, PCI_TSM_RUN);
		KUNIT_EXPECT_STREQ(test, fn->restore.status, "ok");
		race_expect_event(race, c);
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
	enum race_way other = c->reset == reset_by_user ? RACE_RECOVERY :
							  RACE_RESET;
	/* Tasks that do not end must not find it freed */
	static struct race now;
	struct race *race = &now;

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
		if (race->place->way == other)
			continue;
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
