// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the TDISP state machine of a function */

#include <kunit/test.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/tsm.h>
#include "../../pci.h"
#include "fake.h"

static struct fake_tsm *tsm_of(struct kunit *test)
{
	return test->priv;
}

static struct fake_dev *devsec_dev(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE);

	test->priv = tsm;
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &fake_driver));
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	return dev;
}

static enum pci_tsm_state state_of(struct fake_dev *dev)
{
	return READ_ONCE(dev->pdev->tsm_fn->state);
}

/* Bring the function where the test starts from */
static void devsec_goto(struct kunit *test, struct fake_dev *dev,
			enum pci_tsm_state state)
{
	struct fake_tsm *tsm = tsm_of(test);

	switch (state) {
	case PCI_TSM_UNLOCKED:
		break;
	case PCI_TSM_LOCKED:
		KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, dev));
		break;
	case PCI_TSM_RUN:
		KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, dev));
		KUNIT_ASSERT_EQ(test, 1, fake_accept(dev));
		break;
	case PCI_TSM_ERROR:
		KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, dev));
		dev->state = PCI_TSM_ERROR;
		KUNIT_ASSERT_EQ(test, -EIO, fake_accept(dev));
		break;
	}
	KUNIT_ASSERT_EQ(test, state_of(dev), state);
	fake_check(tsm, dev);
}

enum event { EV_LOCK, EV_REFRESH, EV_ACCEPT, EV_UNLOCK, EV_BIND };

struct transition {
	const char *name;
	enum pci_tsm_state from;
	enum event event;
	int rc;
	enum pci_tsm_state to;
};

/* Every request in every state */
static const struct transition transitions[] = {
	{ "unlocked: lock", PCI_TSM_UNLOCKED, EV_LOCK, 0, PCI_TSM_LOCKED },
	{ "unlocked: refresh", PCI_TSM_UNLOCKED, EV_REFRESH, -EINVAL, PCI_TSM_UNLOCKED },
	{ "unlocked: accept", PCI_TSM_UNLOCKED, EV_ACCEPT, -EINVAL, PCI_TSM_UNLOCKED },
	{ "unlocked: unlock", PCI_TSM_UNLOCKED, EV_UNLOCK, -EINVAL, PCI_TSM_UNLOCKED },
	{ "unlocked: bind", PCI_TSM_UNLOCKED, EV_BIND, 0, PCI_TSM_UNLOCKED },
	{ "locked: lock", PCI_TSM_LOCKED, EV_LOCK, -EBUSY, PCI_TSM_LOCKED },
	{ "locked: refresh", PCI_TSM_LOCKED, EV_REFRESH, 0, PCI_TSM_LOCKED },
	{ "locked: accept", PCI_TSM_LOCKED, EV_ACCEPT, 1, PCI_TSM_RUN },
	{ "locked: unlock", PCI_TSM_LOCKED, EV_UNLOCK, 0, PCI_TSM_UNLOCKED },
	{ "locked: bind", PCI_TSM_LOCKED, EV_BIND, -EBUSY, PCI_TSM_LOCKED },
	{ "run: lock", PCI_TSM_RUN, EV_LOCK, -EBUSY, PCI_TSM_RUN },
	{ "run: refresh", PCI_TSM_RUN, EV_REFRESH, 0, PCI_TSM_RUN },
	{ "run: accept", PCI_TSM_RUN, EV_ACCEPT, 0, PCI_TSM_RUN },
	{ "run: unlock", PCI_TSM_RUN, EV_UNLOCK, 0, PCI_TSM_UNLOCKED },
	{ "run: bind", PCI_TSM_RUN, EV_BIND, 0, PCI_TSM_RUN },
	{ "error: lock", PCI_TSM_ERROR, EV_LOCK, -EIO, PCI_TSM_ERROR },
	{ "error: refresh", PCI_TSM_ERROR, EV_REFRESH, -EIO, PCI_TSM_ERROR },
	{ "error: accept", PCI_TSM_ERROR, EV_ACCEPT, -EIO, PCI_TSM_ERROR },
	{ "error: unlock", PCI_TSM_ERROR, EV_UNLOCK, 0, PCI_TSM_UNLOCKED },
	{ "error: bind", PCI_TSM_ERROR, EV_BIND, -EBUSY, PCI_TSM_ERROR },
};

KUNIT_ARRAY_PARAM_DESC(transition, transitions, name);

static int do_event(struct kunit *test, struct fake_dev *dev, enum event event)
{
	switch (event) {
	case EV_LOCK:
		return fake_lock(tsm_of(test), dev);
	case EV_REFRESH:
		return fake_refresh(dev);
	case EV_ACCEPT:
		return fake_accept(dev);
	case EV_UNLOCK:
		return fake_unlock(tsm_of(test), dev);
	case EV_BIND:
		return fake_bind(dev);
	}
	return -EINVAL;
}

static void devsec_transition(struct kunit *test)
{
	const struct transition *t = test->param_value;
	struct fake_dev *dev = devsec_dev(test);

	devsec_goto(test, dev, t->from);
	KUNIT_EXPECT_EQ(test, t->rc, do_event(test, dev, t->event));
	KUNIT_EXPECT_EQ(test, state_of(dev), t->to);
	KUNIT_EXPECT_EQ(test, !!dev->pdev->dev.driver,
			t->event == EV_BIND && !t->rc);
	fake_check(tsm_of(test), dev);
}

/* Nothing changes hands under a driver, at T=0 and at T=1 */
static void devsec_busy_unlocked(struct kunit *test)
{
	struct fake_dev *dev = devsec_dev(test);

	KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));
	KUNIT_EXPECT_FALSE(test, dev_dma_cc_private(&dev->pdev->dev));
	KUNIT_EXPECT_EQ(test, -EBUSY, fake_lock(tsm_of(test), dev));
	fake_check(tsm_of(test), dev);

	fake_unbind(dev);
	KUNIT_EXPECT_EQ(test, 0, fake_lock(tsm_of(test), dev));
}

static void devsec_busy_run(struct kunit *test)
{
	struct fake_dev *dev = devsec_dev(test);

	devsec_goto(test, dev, PCI_TSM_RUN);
	KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));
	KUNIT_EXPECT_TRUE(test, dev->dma);
	KUNIT_EXPECT_EQ(test, -EBUSY, fake_unlock(tsm_of(test), dev));
	fake_check(tsm_of(test), dev);
}

/* Unbinding a driver stops DMA but neither leaves RUN nor clears Bus Master */
static void devsec_unbind_keeps_run(struct kunit *test)
{
	struct fake_dev *dev = devsec_dev(test);
	u16 cmd;

	devsec_goto(test, dev, PCI_TSM_RUN);
	for (int i = 0; i < 3; i++) {
		KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));
		KUNIT_EXPECT_TRUE(test, dev->dma);
		fake_unbind(dev);
		KUNIT_EXPECT_FALSE(test, dev->dma);
		KUNIT_EXPECT_EQ(test, state_of(dev), PCI_TSM_RUN);
		pci_read_config_word(dev->pdev, PCI_COMMAND, &cmd);
		KUNIT_EXPECT_TRUE(test, cmd & PCI_COMMAND_MASTER);
		fake_check(tsm_of(test), dev);
	}

	/* Outside LOCKED and RUN, Bus Master is the driver's again */
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(tsm_of(test), dev));
	KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));
	fake_unbind(dev);
	pci_read_config_word(dev->pdev, PCI_COMMAND, &cmd);
	KUNIT_EXPECT_FALSE(test, cmd & PCI_COMMAND_MASTER);
}

/* A driver that wants no DMA gets none, and gets it back when it asks */
static void devsec_bus_master(struct kunit *test)
{
	struct fake_dev *dev = devsec_dev(test);
	u16 cmd;

	devsec_goto(test, dev, PCI_TSM_RUN);
	/* Without a driver nobody can ask */
	pci_set_master(dev->pdev);
	KUNIT_EXPECT_FALSE(test, dev->dma);

	KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));
	pci_clear_master(dev->pdev);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	pci_read_config_word(dev->pdev, PCI_COMMAND, &cmd);
	KUNIT_EXPECT_TRUE(test, cmd & PCI_COMMAND_MASTER);
	KUNIT_EXPECT_EQ(test, dev->state, PCI_TSM_RUN);

	pci_set_master(dev->pdev);
	KUNIT_EXPECT_TRUE(test, dev->dma);
	fake_check(tsm_of(test), dev);

	/* Refused: off is what it stays */
	pci_clear_master(dev->pdev);
	fake_fail(tsm_of(test), "dma_enable", 1, -EIO);
	pci_set_master(dev->pdev);
	KUNIT_EXPECT_FALSE(test, dev->dma);
}

static void devsec_no_such_tsm(struct kunit *test)
{
	struct fake_dev *dev = devsec_dev(test);
	struct pci_tsm_fn *fn = dev->pdev->tsm_fn;
	int id = tsm_of(test)->tsm_dev->id;

	guard(device)(&dev->pdev->dev);
	KUNIT_EXPECT_EQ(test, -ENXIO, pci_tsm_fn_lock(fn, id + 1));
	KUNIT_EXPECT_EQ(test, -ENXIO, pci_tsm_fn_lock(fn, -1));
	KUNIT_EXPECT_EQ(test, -ENXIO, pci_tsm_fn_lock(fn, INT_MAX));
	KUNIT_ASSERT_EQ(test, 0, pci_tsm_fn_lock(fn, id));
	KUNIT_EXPECT_EQ(test, -EINVAL, pci_tsm_fn_unlock(fn, id + 1));
	KUNIT_EXPECT_EQ(test, fn->state, PCI_TSM_LOCKED);
}

/* The device left RUN behind the kernel's back: no driver gets to see it */
static void devsec_run_lost(struct kunit *test)
{
	struct fake_dev *dev = devsec_dev(test);

	devsec_goto(test, dev, PCI_TSM_RUN);
	dev->state = PCI_TSM_UNLOCKED;
	KUNIT_EXPECT_EQ(test, -EIO, fake_bind(dev));
	KUNIT_EXPECT_EQ(test, state_of(dev), PCI_TSM_ERROR);
	KUNIT_EXPECT_EQ(test, -EBUSY, fake_bind(dev));
	fake_check(tsm_of(test), dev);

	KUNIT_EXPECT_EQ(test, 0, fake_unlock(tsm_of(test), dev));
	fake_check(tsm_of(test), dev);
}

/* The device left LOCKED behind the kernel's back */
static void devsec_locked_lost(struct kunit *test)
{
	struct fake_dev *dev = devsec_dev(test);

	devsec_goto(test, dev, PCI_TSM_LOCKED);
	dev->state = PCI_TSM_UNLOCKED;
	KUNIT_EXPECT_EQ(test, -EIO, fake_accept(dev));
	KUNIT_EXPECT_EQ(test, state_of(dev), PCI_TSM_ERROR);
	fake_check(tsm_of(test), dev);
}

/* A kernel before this one left the function LOCKED */
static void devsec_lock_leftover(struct kunit *test)
{
	struct fake_dev *dev = devsec_dev(test);

	dev->state = PCI_TSM_LOCKED;
	KUNIT_EXPECT_EQ(test, 0, fake_lock(tsm_of(test), dev));
	KUNIT_EXPECT_EQ(test, state_of(dev), PCI_TSM_LOCKED);
	fake_check(tsm_of(test), dev);
}

/* The whole life of a function, until the first failure */
static void devsec_life(struct fake_tsm *tsm, struct fake_dev *dev)
{
	if (fake_lock(tsm, dev))
		return;
	if (fake_accept(dev) < 0)
		return;
	if (fake_bind(dev))
		return;
	fake_unbind(dev);
	fake_unlock(tsm, dev);
}

KUNIT_ARRAY_PARAM_DESC(sweep, fake_sweeps, name);

/*
 * Let the first operation of a whole life fail, then the second, and so on
 * until a life comes through. Afterwards it must be possible to start anew.
 */
static void devsec_every_op_fails(struct kunit *test)
{
	const struct fake_sweep *sweep = test->param_value;
	struct fake_dev *dev = devsec_dev(test);
	struct fake_tsm *tsm = tsm_of(test);
	int at = 0;

	do {
		KUNIT_ASSERT_LT(test, at, 100);
		fake_fail(tsm, NULL, ++at, sweep->rc);
		tsm->fail_dead = sweep->dead;
		devsec_life(tsm, dev);
		fake_check(tsm, dev);

		if (!tsm->failed)
			break;

		fake_fail(tsm, NULL, 0, 0);
		fake_unbind(dev);
		if (state_of(dev) != PCI_TSM_UNLOCKED)
			KUNIT_EXPECT_EQ(test, 0, fake_unlock(tsm, dev));
		fake_check(tsm, dev);
		KUNIT_ASSERT_EQ(test, state_of(dev), PCI_TSM_UNLOCKED);
		KUNIT_ASSERT_EQ(test, dev->state, PCI_TSM_UNLOCKED);
	} while (true);

	/* probe, lock and what follows: a sweep that ends early tests nothing */
	KUNIT_EXPECT_GT(test, at, 15);
}

struct fault {
	const char *op;
	int at;
	enum event event;
	enum pci_tsm_state from;
	int rc;
	enum pci_tsm_state to;
};

/* What each operation's failure comes to, as documented */
static const struct fault faults[] = {
	{ "probe", 1, EV_LOCK, PCI_TSM_UNLOCKED, -EPERM, PCI_TSM_UNLOCKED },
	{ "query", 1, EV_LOCK, PCI_TSM_UNLOCKED, -EPERM, PCI_TSM_UNLOCKED },
	{ "lock", 1, EV_LOCK, PCI_TSM_UNLOCKED, -EPERM, PCI_TSM_UNLOCKED },
	{ "query", 2, EV_LOCK, PCI_TSM_UNLOCKED, -EPERM, PCI_TSM_UNLOCKED },
	{ "query", 1, EV_ACCEPT, PCI_TSM_LOCKED, -EPERM, PCI_TSM_LOCKED },
	{ "mmio_validate", 1, EV_ACCEPT, PCI_TSM_LOCKED, -EPERM, PCI_TSM_LOCKED },
	{ "mmio_validate", 3, EV_ACCEPT, PCI_TSM_LOCKED, -EPERM, PCI_TSM_LOCKED },
	{ "run", 1, EV_ACCEPT, PCI_TSM_LOCKED, -EPERM, PCI_TSM_LOCKED },
	{ "query", 2, EV_ACCEPT, PCI_TSM_LOCKED, -EPERM, PCI_TSM_ERROR },
	{ "query", 1, EV_BIND, PCI_TSM_RUN, -EIO, PCI_TSM_ERROR },
	{ "dma_enable", 1, EV_BIND, PCI_TSM_RUN, -EPERM, PCI_TSM_RUN },
	{ "dma_disable", 1, EV_UNLOCK, PCI_TSM_RUN, 0, PCI_TSM_UNLOCKED },
	{ "mmio_teardown", 1, EV_UNLOCK, PCI_TSM_RUN, -EPROTO, PCI_TSM_ERROR },
	{ "unlock", 1, EV_UNLOCK, PCI_TSM_LOCKED, -EPERM, PCI_TSM_ERROR },
	{ "unlock", 1, EV_UNLOCK, PCI_TSM_ERROR, -EPERM, PCI_TSM_ERROR },
	{ "query", 1, EV_UNLOCK, PCI_TSM_LOCKED, -EPERM, PCI_TSM_ERROR },
};

static void fault_desc(const struct fault *f, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s no. %d from %s", f->op, f->at,
		 pci_tsm_state_name(f->from));
}

KUNIT_ARRAY_PARAM(fault, faults, fault_desc);

static void devsec_fault(struct kunit *test)
{
	const struct fault *f = test->param_value;
	struct fake_dev *dev = devsec_dev(test);

	devsec_goto(test, dev, f->from);
	fake_fail(tsm_of(test), f->op, f->at, -EPERM);
	KUNIT_EXPECT_EQ(test, f->rc, do_event(test, dev, f->event));
	KUNIT_EXPECT_TRUE(test, tsm_of(test)->failed);
	KUNIT_EXPECT_EQ(test, state_of(dev), f->to);
	fake_check(tsm_of(test), dev);
}

/* DMA that cannot be stopped takes the function out of RUN */
static void devsec_detach_fails(struct kunit *test)
{
	struct fake_dev *dev = devsec_dev(test);

	devsec_goto(test, dev, PCI_TSM_RUN);
	KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));
	fake_fail(tsm_of(test), "dma_disable", 1, -EIO);
	fake_unbind(dev);
	KUNIT_EXPECT_EQ(test, state_of(dev), PCI_TSM_ERROR);
	KUNIT_EXPECT_EQ(test, -EBUSY, fake_bind(dev));

	fake_fail(tsm_of(test), NULL, 0, 0);
	KUNIT_EXPECT_EQ(test, 0, fake_unlock(tsm_of(test), dev));
	KUNIT_EXPECT_FALSE(test, dev->dma);
	fake_check(tsm_of(test), dev);
}

struct leave {
	const char *name;
	enum pci_tsm_state state;
	bool bind;
	const char *fail;
};

static const struct leave leaves[] = {
	{ "unlocked", PCI_TSM_UNLOCKED },
	{ "unlocked, driver bound", PCI_TSM_UNLOCKED, true },
	{ "locked", PCI_TSM_LOCKED },
	{ "locked, unlock fails", PCI_TSM_LOCKED, false, "unlock" },
	{ "run", PCI_TSM_RUN },
	{ "run, driver bound", PCI_TSM_RUN, true },
	{ "run, driver bound, unlock fails", PCI_TSM_RUN, true, "unlock" },
	{ "error", PCI_TSM_ERROR },
	{ "error, unlock fails", PCI_TSM_ERROR, false, "unlock" },
};

KUNIT_ARRAY_PARAM_DESC(leave, leaves, name);

/* A TSM that leaves takes its functions out of RUN; drivers go first */
static void devsec_tsm_leaves(struct kunit *test)
{
	const struct leave *l = test->param_value;
	struct fake_dev *dev = devsec_dev(test);
	struct fake_tsm *tsm = tsm_of(test);
	struct pci_tsm_fn *fn = dev->pdev->tsm_fn;

	devsec_goto(test, dev, l->state);
	if (l->bind)
		KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));
	if (l->fail)
		fake_fail(tsm, l->fail, 1, -EIO);
	fake_tsm_unregister(tsm);

	/* A driver at T=0 is none of the TSM's business */
	KUNIT_EXPECT_EQ(test, !!dev->pdev->dev.driver,
			l->bind && l->state == PCI_TSM_UNLOCKED);
	KUNIT_EXPECT_EQ(test, dev->contexts, 0);
	KUNIT_EXPECT_EQ(test, state_of(dev),
			l->fail ? PCI_TSM_ERROR : PCI_TSM_UNLOCKED);
	scoped_guard(mutex, &fn->lock)
		KUNIT_EXPECT_NULL(test, fn->tsm);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_EQ(test, dev->private, 0);

	/* Another one can take over, an ERROR is cleared by any */
	fake_fail(tsm, NULL, 0, 0);
	fake_tsm_register(tsm);
	if (l->fail)
		KUNIT_EXPECT_EQ(test, 0, fake_unlock(tsm, dev));
	fake_unbind(dev);
	KUNIT_EXPECT_EQ(test, 0, fake_lock(tsm, dev));
	KUNIT_EXPECT_EQ(test, 1, fake_accept(dev));
	fake_check(tsm, dev);
}

/* A function that is removed and found again starts held and unlocked */
static void devsec_fn_leaves(struct kunit *test)
{
	const struct leave *l = test->param_value;
	struct fake_dev *dev = devsec_dev(test);
	struct fake_tsm *tsm = tsm_of(test);

	devsec_goto(test, dev, l->state);
	if (l->bind)
		KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));
	if (l->fail)
		fake_fail(tsm, l->fail, 1, -EIO);

	kunit_pci_put_dev(test, dev->pdev);
	dev->pdev = NULL;
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_func_remove(dev->func));
	KUNIT_EXPECT_EQ(test, dev->contexts, 0);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_EQ(test, dev->private, 0);

	fake_fail(tsm, NULL, 0, 0);
	kunit_pci_host_rescan(tsm->host);
	dev->pdev = kunit_pci_func_get_dev(test, dev->func);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev->pdev);
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_EQ(test, state_of(dev), PCI_TSM_UNLOCKED);
	KUNIT_EXPECT_TRUE(test, dev_no_autoprobe(&dev->pdev->dev));

	/* Also when the device itself was left over in another state */
	KUNIT_EXPECT_EQ(test, 0, fake_lock(tsm, dev));
	KUNIT_EXPECT_EQ(test, 1, fake_accept(dev));
	fake_check(tsm, dev);
}

/* Nothing comes between the release of a driver and the unlock */
static void devsec_closed(struct kunit *test)
{
	struct fake_dev *dev = devsec_dev(test);
	struct fake_tsm *tsm = tsm_of(test);
	struct pci_tsm_fn *fn = dev->pdev->tsm_fn;

	scoped_guard(mutex, &fn->lock)
		fn->leaving = true;
	KUNIT_EXPECT_EQ(test, -EBUSY, fake_bind(dev));
	KUNIT_EXPECT_EQ(test, -ENXIO, fake_lock(tsm, dev));
	scoped_guard(mutex, &fn->lock)
		fn->leaving = false;

	devsec_goto(test, dev, PCI_TSM_LOCKED);
	scoped_guard(mutex, &fn->lock)
		fn->draining = true;
	KUNIT_EXPECT_EQ(test, -EBUSY, fake_bind(dev));
	KUNIT_EXPECT_EQ(test, -ENXIO, fake_accept(dev));
	scoped_guard(mutex, &fn->lock)
		fn->draining = false;
	KUNIT_EXPECT_EQ(test, 1, fake_accept(dev));
	fake_check(tsm, dev);
}

/* Even MMIO that stayed private does not keep a function from going */
static void devsec_fn_leaves_private(struct kunit *test)
{
	struct fake_dev *dev = devsec_dev(test);

	devsec_goto(test, dev, PCI_TSM_RUN);
	fake_fail(tsm_of(test), "mmio_teardown", 1, -EIO);
	kunit_pci_put_dev(test, dev->pdev);
	dev->pdev = NULL;
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_func_remove(dev->func));
	KUNIT_EXPECT_TRUE(test, tsm_of(test)->failed);
	KUNIT_EXPECT_EQ(test, dev->contexts, 0);
	KUNIT_EXPECT_FALSE(test, dev->dma);
}

/* The TSM may leave while other functions use another TSM, or none */
static void devsec_many(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev[4];

	for (int i = 0; i < ARRAY_SIZE(dev); i++)
		dev[i] = fake_dev_add(tsm, i + 1, PCI_EXP_DEVCAP_TEE);
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);

	for (int i = 1; i < ARRAY_SIZE(dev); i++)
		KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, dev[i]));
	KUNIT_ASSERT_EQ(test, 1, fake_accept(dev[2]));
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(tsm, dev[3]));
	for (int i = 0; i < ARRAY_SIZE(dev); i++)
		fake_check(tsm, dev[i]);

	fake_tsm_unregister(tsm);
	for (int i = 0; i < ARRAY_SIZE(dev); i++) {
		KUNIT_EXPECT_EQ(test, state_of(dev[i]), PCI_TSM_UNLOCKED);
		fake_check(tsm, dev[i]);
	}
}

/* An incomplete TSM is refused instead of crashing later */
static void devsec_incomplete_tsm(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);

	tsm->devsec.query = NULL;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			PTR_ERR_OR_ZERO(tsm_register(tsm->parent, &tsm->ops)));
}

static struct kunit_case devsec_cases[] = {
	KUNIT_CASE_PARAM(devsec_transition, transition_gen_params),
	KUNIT_CASE(devsec_busy_unlocked),
	KUNIT_CASE(devsec_busy_run),
	KUNIT_CASE(devsec_unbind_keeps_run),
	KUNIT_CASE(devsec_bus_master),
	KUNIT_CASE(devsec_no_such_tsm),
	KUNIT_CASE(devsec_run_lost),
	KUNIT_CASE(devsec_locked_lost),
	KUNIT_CASE(devsec_lock_leftover),
	KUNIT_CASE_PARAM(devsec_every_op_fails, sweep_gen_params),
	KUNIT_CASE_PARAM(devsec_fault, fault_gen_params),
	KUNIT_CASE(devsec_detach_fails),
	KUNIT_CASE_PARAM(devsec_tsm_leaves, leave_gen_params),
	KUNIT_CASE_PARAM(devsec_fn_leaves, leave_gen_params),
	KUNIT_CASE(devsec_closed),
	KUNIT_CASE(devsec_fn_leaves_private),
	KUNIT_CASE(devsec_many),
	KUNIT_CASE(devsec_incomplete_tsm),
	{}
};

static struct kunit_suite devsec_suite = {
	.name = "pci_tsm_devsec",
	.test_cases = devsec_cases,
};

kunit_test_suite(devsec_suite);

MODULE_DESCRIPTION("KUnit tests of the TDISP state machine");
MODULE_LICENSE("GPL");
