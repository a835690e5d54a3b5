// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of every event in every TDISP state, as seen by the function that it
 * happens to: what the request gives, and the state afterwards.
 *
 * Not in here: resets of a bus and of a PF, which need bridges and VFs (the selftests
 * have them), what comes together with a reset (race_kunit.c), and a driver's part in
 * it (reset_kunit.c).
 */

#include <kunit/test.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/tsm.h>
#include "../../pci.h"
#include "fake.h"

#define NR_STATES	(PCI_TSM_ERROR + 1)
#define OTHER_SVN	0x77

/* The function is not there any more */
#define GONE		NR_STATES

static const u8 pm_regs[6];
static const u8 pm_mask[6] = { [2] = PCI_PM_CTRL_STATE_MASK };
static const struct kunit_pci_cap pm_cap = {
	.id = PCI_CAP_ID_PM, .size = sizeof(pm_regs), .data = pm_regs, .wmask = pm_mask,
};

static struct fake_tsm *tsm_of(struct kunit *test)
{
	return test->priv;
}

static struct pci_tsm_fn *fn_of(struct fake_dev *dev)
{
	return dev->pdev->tsm_fn;
}

static int ev_lock(struct kunit *test, struct fake_dev *dev)
{
	return fake_lock(tsm_of(test), dev);
}

static int ev_lock_no_tsm(struct kunit *test, struct fake_dev *dev)
{
	guard(device)(&dev->pdev->dev);
	return pci_tsm_fn_lock(fn_of(dev), tsm_of(test)->tsm_dev->id + 100);
}

static int ev_lock_fails(struct kunit *test, struct fake_dev *dev)
{
	fake_fail(tsm_of(test), "lock", 1, -EPERM);
	return fake_lock(tsm_of(test), dev);
}

static int ev_refresh(struct kunit *test, struct fake_dev *dev)
{
	return fake_refresh(dev);
}

static int ev_refresh_fails(struct kunit *test, struct fake_dev *dev)
{
	fake_fail(tsm_of(test), "collect", 1, -ETIMEDOUT);
	return fake_refresh(dev);
}

static int ev_refresh_other_nonce(struct kunit *test, struct fake_dev *dev)
{
	dev->other_nonce = true;
	return fake_refresh(dev);
}

static int ev_refresh_other_device(struct kunit *test, struct fake_dev *dev)
{
	dev->svn = OTHER_SVN;
	return fake_refresh(dev);
}

static int ev_refresh_in_error(struct kunit *test, struct fake_dev *dev)
{
	if (dev->state != PCI_TSM_UNLOCKED)
		dev->state = PCI_TSM_ERROR;
	return fake_refresh(dev);
}

static int ev_accept(struct kunit *test, struct fake_dev *dev)
{
	return fake_accept(dev);
}

static int ev_accept_named(struct kunit *test, struct fake_dev *dev)
{
	struct pci_tsm_evidence *evidence __free(pci_tsm_evidence) =
		pci_tsm_fn_evidence(fn_of(dev));
	u8 digest[PCI_TSM_DIGEST_SIZE] = {};

	if (evidence)
		memcpy(digest, pci_tsm_evidence_digest(evidence), sizeof(digest));
	return fake_accept_digest(dev, digest);
}

static int ev_accept_other(struct kunit *test, struct fake_dev *dev)
{
	static const u8 digest[PCI_TSM_DIGEST_SIZE];

	return fake_accept_digest(dev, digest);
}

static int ev_accept_run_fails(struct kunit *test, struct fake_dev *dev)
{
	fake_fail(tsm_of(test), "run", 1, -EPERM);
	return fake_accept(dev);
}

static int ev_accept_no_mmio(struct kunit *test, struct fake_dev *dev)
{
	fake_fail(tsm_of(test), "mmio_validate", 2, -EPERM);
	return fake_accept(dev);
}

static int ev_unlock(struct kunit *test, struct fake_dev *dev)
{
	return fake_unlock(tsm_of(test), dev);
}

static int ev_unlock_other(struct kunit *test, struct fake_dev *dev)
{
	guard(device)(&dev->pdev->dev);
	return pci_tsm_fn_unlock(fn_of(dev), tsm_of(test)->tsm_dev->id + 100);
}

static int ev_unlock_fails(struct kunit *test, struct fake_dev *dev)
{
	fake_fail(tsm_of(test), "unlock", 1, -EPERM);
	return fake_unlock(tsm_of(test), dev);
}

static int ev_bind(struct kunit *test, struct fake_dev *dev)
{
	return fake_bind(dev);
}

static int ev_bind_unbind(struct kunit *test, struct fake_dev *dev)
{
	int rc = fake_bind(dev);

	fake_unbind(dev);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	return rc;
}

static int ev_bind_no_dma(struct kunit *test, struct fake_dev *dev)
{
	fake_fail(tsm_of(test), "dma_enable", 1, -EPERM);
	return fake_bind(dev);
}

static int ev_unbind_dma_stays(struct kunit *test, struct fake_dev *dev)
{
	int rc = fake_bind(dev);

	fake_fail(tsm_of(test), "dma_disable", 1, -EPERM);
	fake_unbind(dev);
	return rc;
}

static int ev_unlock_bound(struct kunit *test, struct fake_dev *dev)
{
	int rc = fake_bind(dev);

	return rc ?: fake_unlock(tsm_of(test), dev);
}

static int ev_bind_found_unlocked(struct kunit *test, struct fake_dev *dev)
{
	if (dev->state == PCI_TSM_RUN) {
		dev->state = PCI_TSM_UNLOCKED;
		dev->dma = false;
	}
	return fake_bind(dev);
}

static int ev_look(struct kunit *test, struct fake_dev *dev)
{
	pci_tsm_restore_look(fn_of(dev));
	return 0;
}

static int ev_look_in_error(struct kunit *test, struct fake_dev *dev)
{
	if (dev->state == PCI_TSM_RUN)
		dev->state = PCI_TSM_ERROR;
	pci_tsm_restore_look(fn_of(dev));
	return 0;
}

static int ev_aer(struct kunit *test, struct fake_dev *dev)
{
	pci_tsm_error_check(dev->pdev);
	return 0;
}

static int ev_aer_in_error(struct kunit *test, struct fake_dev *dev)
{
	if (dev->state == PCI_TSM_RUN)
		dev->state = PCI_TSM_ERROR;
	pci_tsm_error_check(dev->pdev);
	return 0;
}

static int ev_arm(struct kunit *test, struct fake_dev *dev)
{
	return pci_tsm_restore_arm(fn_of(dev), true);
}

static int ev_flr(struct kunit *test, struct fake_dev *dev)
{
	return pci_reset_function(dev->pdev);
}

static int ev_flr_armed(struct kunit *test, struct fake_dev *dev)
{
	pci_tsm_restore_arm(fn_of(dev), true);
	return pci_reset_function(dev->pdev);
}

static int ev_flr_other_device(struct kunit *test, struct fake_dev *dev)
{
	pci_tsm_restore_arm(fn_of(dev), true);
	dev->svn = OTHER_SVN;
	return pci_reset_function(dev->pdev);
}

static int ev_flr_by_driver(struct kunit *test, struct fake_dev *dev)
{
	pci_tsm_restore_arm(fn_of(dev), true);
	pci_save_state(dev->pdev);
	guard(device)(&dev->pdev->dev);
	pcie_flr(dev->pdev);
	pci_restore_state(dev->pdev);
	return 0;
}

static int ev_clear_master(struct kunit *test, struct fake_dev *dev)
{
	pci_set_master(dev->pdev);
	pci_clear_master(dev->pdev);
	return 0;
}

static int ev_disable_device(struct kunit *test, struct fake_dev *dev)
{
	int rc = pci_enable_device(dev->pdev);

	pci_set_master(dev->pdev);
	pci_disable_device(dev->pdev);
	return rc;
}

static int ev_clear_command(struct kunit *test, struct fake_dev *dev)
{
	return pci_user_write_config_word(dev->pdev, PCI_COMMAND, 0);
}

static int ev_write_bar(struct kunit *test, struct fake_dev *dev)
{
	u32 bar;

	pci_read_config_dword(dev->pdev, PCI_BASE_ADDRESS_0, &bar);
	return pci_user_write_config_dword(dev->pdev, PCI_BASE_ADDRESS_0, bar);
}

static int ev_write_bist(struct kunit *test, struct fake_dev *dev)
{
	return pci_user_write_config_byte(dev->pdev, PCI_BIST, 0x40);
}

static int ev_write_flr(struct kunit *test, struct fake_dev *dev)
{
	return pci_user_write_config_word(dev->pdev,
					  pci_pcie_cap(dev->pdev) + PCI_EXP_DEVCTL,
					  PCI_EXP_DEVCTL_BCR_FLR);
}

static int ev_sleep(struct kunit *test, struct fake_dev *dev)
{
	int rc = pci_set_power_state(dev->pdev, PCI_D3hot);

	KUNIT_EXPECT_EQ(test, 0, pci_set_power_state(dev->pdev, PCI_D0));
	return rc;
}

static int ev_rescan(struct kunit *test, struct fake_dev *dev)
{
	kunit_pci_host_rescan(tsm_of(test)->host);
	return 0;
}

static int ev_shutdown(struct kunit *test, struct fake_dev *dev)
{
	guard(device)(&dev->pdev->dev);
	pci_tsm_shutdown(dev->pdev);
	return 0;
}

static int ev_tsm_leaves(struct kunit *test, struct fake_dev *dev)
{
	fake_tsm_unregister(tsm_of(test));
	return 0;
}

static int ev_tsm_leaves_no_unlock(struct kunit *test, struct fake_dev *dev)
{
	fake_fail(tsm_of(test), "unlock", 1, -EPERM);
	fake_tsm_unregister(tsm_of(test));
	return 0;
}

static int ev_remove(struct kunit *test, struct fake_dev *dev)
{
	kunit_pci_put_dev(test, dev->pdev);
	return kunit_pci_func_remove(dev->func);
}

static int ev_surprise_removal(struct kunit *test, struct fake_dev *dev)
{
	kunit_pci_func_set_present(dev->func, false);
	return ev_remove(test, dev);
}

#define U	PCI_TSM_UNLOCKED
#define L	PCI_TSM_LOCKED
#define R	PCI_TSM_RUN
#define E	PCI_TSM_ERROR

struct event {
	const char *name;
	int (*do_it)(struct kunit *test, struct fake_dev *dev);
	struct {
		int rc;
		int to;
	} in[NR_STATES];
};

/* unlocked, locked, run, error */
static const struct event events[] = {
	{ "lock", ev_lock, { { 0, L }, { -EBUSY, L }, { -EBUSY, R }, { -EIO, E } } },
	{ "lock by a TSM that is not there", ev_lock_no_tsm,
	  { { -ENXIO, U }, { -EBUSY, L }, { -EBUSY, R }, { -EIO, E } } },
	{ "lock fails", ev_lock_fails,
	  { { -EPERM, U }, { -EBUSY, L }, { -EBUSY, R }, { -EIO, E } } },
	{ "nonce", ev_refresh, { { -EINVAL, U }, { 0, L }, { 0, R }, { -EIO, E } } },
	{ "nonce, collection fails", ev_refresh_fails,
	  { { -EINVAL, U }, { -ETIMEDOUT, L }, { -ETIMEDOUT, R }, { -EIO, E } } },
	{ "nonce, measured for another", ev_refresh_other_nonce,
	  { { -EINVAL, U }, { -ESTALE, L }, { -ESTALE, R }, { -EIO, E } } },
	{ "nonce, another device", ev_refresh_other_device,
	  { { -EINVAL, U }, { 0, L }, { -EKEYREJECTED, E }, { -EIO, E } } },
	{ "nonce, the device is in ERROR", ev_refresh_in_error,
	  { { -EINVAL, U }, { -EPROTO, E }, { -EPROTO, E }, { -EIO, E } } },
	{ "accept", ev_accept, { { -EINVAL, U }, { 1, R }, { 0, R }, { -EIO, E } } },
	{ "accept by digest", ev_accept_named,
	  { { -EINVAL, U }, { 1, R }, { 0, R }, { -EIO, E } } },
	{ "accept of something else", ev_accept_other,
	  { { -EINVAL, U }, { -ESTALE, L }, { -ESTALE, R }, { -EIO, E } } },
	{ "accept, the TSM does not start it", ev_accept_run_fails,
	  { { -EINVAL, U }, { -EPERM, L }, { 0, R }, { -EIO, E } } },
	{ "accept, MMIO is not its own", ev_accept_no_mmio,
	  { { -EINVAL, U }, { -EPERM, L }, { 0, R }, { -EIO, E } } },
	{ "unlock", ev_unlock, { { -EINVAL, U }, { 0, U }, { 0, U }, { 0, U } } },
	{ "unlock by another TSM", ev_unlock_other,
	  { { -EINVAL, U }, { -EINVAL, L }, { -EINVAL, R }, { -EINVAL, E } } },
	{ "unlock fails", ev_unlock_fails,
	  { { -EINVAL, U }, { -EPERM, E }, { -EPERM, E }, { -EPERM, E } } },
	{ "bind", ev_bind, { { 0, U }, { -EBUSY, L }, { 0, R }, { -EBUSY, E } } },
	{ "bind, unbind", ev_bind_unbind,
	  { { 0, U }, { -EBUSY, L }, { 0, R }, { -EBUSY, E } } },
	{ "bind, no DMA", ev_bind_no_dma,
	  { { 0, U }, { -EBUSY, L }, { -EPERM, R }, { -EBUSY, E } } },
	{ "unbind, DMA does not stop", ev_unbind_dma_stays,
	  { { 0, U }, { -EBUSY, L }, { 0, E }, { -EBUSY, E } } },
	{ "unlock with a driver", ev_unlock_bound,
	  { { -EINVAL, U }, { -EBUSY, L }, { -EBUSY, R }, { -EBUSY, E } } },
	{ "bind, the device was unlocked", ev_bind_found_unlocked,
	  { { 0, U }, { -EBUSY, L }, { -EIO, E }, { -EBUSY, E } } },
	{ "look", ev_look, { { 0, U }, { 0, L }, { 0, R }, { 0, E } } },
	{ "look, the device is in ERROR", ev_look_in_error,
	  { { 0, U }, { 0, L }, { 0, E }, { 0, E } } },
	{ "AER, no reset", ev_aer, { { 0, U }, { 0, L }, { 0, R }, { 0, E } } },
	{ "AER, the device is in ERROR", ev_aer_in_error,
	  { { 0, U }, { 0, L }, { 0, E }, { 0, E } } },
	{ "arm restore", ev_arm,
	  { { -EINVAL, U }, { -EINVAL, L }, { 0, R }, { -EINVAL, E } } },
	{ "FLR", ev_flr, { { 0, U }, { 0, E }, { -EPERM, E }, { 0, E } } },
	{ "FLR, armed", ev_flr_armed, { { 0, U }, { 0, E }, { 0, R }, { 0, E } } },
	{ "FLR, another device", ev_flr_other_device,
	  { { 0, U }, { 0, E }, { -EKEYREJECTED, E }, { 0, E } } },
	{ "FLR by a driver itself", ev_flr_by_driver,
	  { { 0, U }, { 0, E }, { 0, R }, { 0, E } } },
	{ "pci_clear_master()", ev_clear_master,
	  { { 0, U }, { 0, L }, { 0, R }, { 0, E } } },
	{ "pci_disable_device()", ev_disable_device,
	  { { 0, U }, { 0, L }, { 0, R }, { 0, E } } },
	{ "Command cleared", ev_clear_command,
	  { { 0, U }, { 0, L }, { 0, R }, { 0, E } } },
	{ "BAR written", ev_write_bar,
	  { { 0, U }, { -EPERM, L }, { -EPERM, R }, { 0, E } } },
	{ "BIST written", ev_write_bist,
	  { { 0, U }, { -EPERM, L }, { -EPERM, R }, { 0, E } } },
	{ "Initiate FLR written", ev_write_flr,
	  { { 0, U }, { -EPERM, L }, { -EPERM, R }, { 0, E } } },
	{ "D3hot, loses its state", ev_sleep,
	  { { 0, U }, { -EBUSY, L }, { -EBUSY, R }, { 0, E } } },
	{ "rescan", ev_rescan, { { 0, U }, { 0, L }, { 0, R }, { 0, E } } },
	{ "shutdown", ev_shutdown, { { 0, U }, { 0, U }, { 0, U }, { 0, U } } },
	{ "the TSM leaves", ev_tsm_leaves, { { 0, U }, { 0, U }, { 0, U }, { 0, U } } },
	{ "the TSM leaves, no unlock", ev_tsm_leaves_no_unlock,
	  { { 0, U }, { 0, E }, { 0, E }, { 0, E } } },
	{ "remove", ev_remove, { { 0, GONE }, { 0, GONE }, { 0, GONE }, { 0, GONE } } },
	{ "surprise removal", ev_surprise_removal,
	  { { 0, GONE }, { 0, GONE }, { 0, GONE }, { 0, GONE } } },
};

struct cell {
	const struct event *event;
	enum pci_tsm_state from;
};

static struct cell cells[ARRAY_SIZE(events) * NR_STATES];

static const void *cell_gen_params(struct kunit *test, const void *prev, char *desc)
{
	size_t i = prev ? (const struct cell *)prev - cells + 1 : 0;

	if (i == ARRAY_SIZE(cells))
		return NULL;

	cells[i].event = &events[i / NR_STATES];
	cells[i].from = i % NR_STATES;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s: %s",
		 pci_tsm_state_name(cells[i].from), cells[i].event->name);
	return &cells[i];
}

static void matrix_goto(struct kunit *test, struct fake_dev *dev,
			enum pci_tsm_state state)
{
	if (state != PCI_TSM_UNLOCKED)
		KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm_of(test), dev));
	if (state == PCI_TSM_RUN)
		KUNIT_ASSERT_EQ(test, 1, fake_accept(dev));
	if (state == PCI_TSM_ERROR) {
		dev->state = PCI_TSM_ERROR;
		KUNIT_ASSERT_EQ(test, -EIO, fake_accept(dev));
	}
	KUNIT_ASSERT_EQ(test, fn_of(dev)->state, state);
}

/* Whatever happened, userspace can have it again */
static void matrix_again(struct kunit *test, struct fake_dev *dev)
{
	struct fake_tsm *tsm = tsm_of(test);

	fake_unbind(dev);
	if (!tsm->tsm_dev)
		fake_tsm_register(tsm);
	if (fn_of(dev)->state != PCI_TSM_UNLOCKED)
		KUNIT_EXPECT_EQ(test, 0, fake_unlock(tsm, dev));
	KUNIT_EXPECT_EQ(test, 0, fake_lock(tsm, dev));
	KUNIT_EXPECT_EQ(test, 1, fake_accept(dev));
	KUNIT_EXPECT_EQ(test, 0, fake_bind(dev));
	fake_check(tsm, dev);
}

static void matrix_cell(struct kunit *test)
{
	const struct cell *cell = test->param_value;
	int rc = cell->event->in[cell->from].rc, to = cell->event->in[cell->from].to;
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev;

	test->priv = tsm;
	dev = fake_dev_add_caps(tsm, PCI_DEVFN(1, 0),
				PCI_EXP_DEVCAP_TEE | PCI_EXP_DEVCAP_FLR,
				PCI_EXP_TYPE_ENDPOINT, &pm_cap, 1);
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &fake_driver));
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);

	matrix_goto(test, dev, cell->from);
	KUNIT_EXPECT_EQ(test, rc, cell->event->do_it(test, dev));

	if (to == GONE) {
		KUNIT_EXPECT_EQ(test, dev->state, PCI_TSM_UNLOCKED);
		KUNIT_EXPECT_EQ(test, dev->contexts, 0);
		KUNIT_EXPECT_EQ(test, dev->private, 0);
		return;
	}

	KUNIT_EXPECT_EQ(test, fn_of(dev)->state, to);
	fake_check(tsm, dev);
	/* Nothing does after that */
	if (cell->event->do_it != ev_shutdown) {
		dev->other_nonce = false;
		fake_fail(tsm, NULL, 0, 0);
		matrix_again(test, dev);
	}
}

static struct kunit_case matrix_test_cases[] = {
	KUNIT_CASE_PARAM(matrix_cell, cell_gen_params),
	{}
};

static struct kunit_suite matrix_test_suite = {
	.name = "pci_tsm_matrix",
	.test_cases = matrix_test_cases,
};

kunit_test_suite(matrix_test_suite);

MODULE_DESCRIPTION("KUnit tests of every event in every TDISP state");
MODULE_LICENSE("GPL");
