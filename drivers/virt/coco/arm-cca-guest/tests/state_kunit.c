// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit test: the life of a function, and how it is disturbed
 */
#include <kunit/test.h>

#include <asm/rhi.h>
#include <asm/rsi_cmds.h>

#include "fake.h"

static const struct pci_tsm_devsec_ops *ops = &arm_cca_devsec_ops;

/* The life of a function that nobody disturbs, twice */
static void arm_cca_da_life(struct kunit *test)
{
	struct fake *fake = test->priv;
	int i;

	for (i = 0; i < 2; i++) {
		cca_fake_expect_state(test, PCI_TSM_UNLOCKED);
		cca_fake_assert_run(test);
		KUNIT_EXPECT_EQ(test, cca_fake_pages(fake, RSI_RIPAS_DEV),
				FAKE_PAGES);
		KUNIT_EXPECT_FALSE(test, fake->dma);
		KUNIT_EXPECT_EQ(test, ops->dma_enable(fake->tsm), 0);
		KUNIT_EXPECT_TRUE(test, fake->dma);
		KUNIT_EXPECT_EQ(test, ops->dma_disable(fake->tsm), 0);
		KUNIT_EXPECT_FALSE(test, fake->dma);
		cca_fake_expect_state(test, PCI_TSM_RUN);
		cca_fake_expect_recovery(test);
	}
}

/* Nothing works without a LOCK session */
static void arm_cca_da_not_locked(struct kunit *test)
{
	struct pci_tsm_collection c = {};
	struct fake *fake = test->priv;

	cca_fake_relock(fake);
	cca_fake_expect_state(test, PCI_TSM_LOCKED);
	KUNIT_EXPECT_EQ(test, ops->mmio_validate(fake->tsm, &cca_fake_range),
			-ESTALE);
	KUNIT_EXPECT_EQ(test, ops->collect(fake->tsm, cca_fake_nonce, &c), -EIO);
	KUNIT_EXPECT_EQ(test, ops->run(fake->tsm), -ESTALE);
	fake->info.state = RSI_VDEV_STARTED;
	KUNIT_EXPECT_EQ(test, ops->dma_enable(fake->tsm), -ESTALE);
	KUNIT_EXPECT_FALSE(test, fake->dma);
	KUNIT_EXPECT_EQ(test, fake->host_calls, 0);
	cca_fake_expect_recovery(test);
}

static void rhi_no_measurements(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_VDEV_GET_MEASUREMENTS)
		gprs[0] = RHI_DA_ERROR_DEVICE;
}

static void change_lock_nonce(struct fake *fake)
{
	cca_fake_relock(fake);
}

static void change_meas_nonce(struct fake *fake)
{
	fake->info.meas_nonce++;
}

static void change_report_nonce(struct fake *fake)
{
	fake->info.report_nonce++;
}

static const struct {
	const char *name;
	void (*change)(struct fake *fake);
} nonce_cases[] = {
	{ "locked again", change_lock_nonce },
	{ "measured again", change_meas_nonce },
	{ "reported again", change_report_nonce },
};

KUNIT_ARRAY_PARAM_DESC(nonce, nonce_cases, name);

static void arm_cca_da_nonce(struct kunit *test)
{
	const typeof(nonce_cases[0]) *c = test->param_value;
	struct fake *fake = test->priv;

	cca_fake_assert_lock(test);
	c->change(fake);
	cca_fake_expect_stale(test);
	KUNIT_EXPECT_EQ(test, ops->mmio_validate(fake->tsm, &cca_fake_range),
			-EIO);
	KUNIT_EXPECT_EQ(test, ops->run(fake->tsm), -ESTALE);
	KUNIT_EXPECT_EQ(test, fake->info.state, RSI_VDEV_LOCKED);
	cca_fake_expect_recovery(test);

	cca_fake_assert_run(test);
	c->change(fake);
	fake->info.state = RSI_VDEV_STARTED;
	cca_fake_expect_stale(test);
	KUNIT_EXPECT_EQ(test, ops->dma_enable(fake->tsm), -EIO);
	KUNIT_EXPECT_FALSE(test, fake->dma);
	cca_fake_expect_recovery(test);
}

/* Evidence can be collected again, and then counts; without any nothing works */
static void arm_cca_da_collect_again(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct pci_tsm_collection c = {};

	cca_fake_assert_run(test);
	KUNIT_EXPECT_EQ(test, ops->collect(fake->tsm, cca_fake_nonce, &c), 0);
	cca_fake_free(&c);
	cca_fake_expect_state(test, PCI_TSM_RUN);
	KUNIT_EXPECT_EQ(test, ops->dma_enable(fake->tsm), 0);
	KUNIT_EXPECT_EQ(test, ops->dma_disable(fake->tsm), 0);

	c = (struct pci_tsm_collection) {};
	fake->rhi_hook = rhi_no_measurements;
	KUNIT_EXPECT_EQ(test, ops->collect(fake->tsm, cca_fake_nonce, &c), -EIO);
	cca_fake_free(&c);
	fake->rhi_hook = NULL;
	cca_fake_expect_state(test, PCI_TSM_RUN);
	KUNIT_EXPECT_EQ(test, ops->dma_enable(fake->tsm), -ESTALE);
	KUNIT_EXPECT_FALSE(test, fake->dma);
	cca_fake_expect_recovery(test);
}

/* The host says that it did what it was asked for */
static void rhi_pretend(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_VDEV_SET_TDI_STATE) {
		fake->info.state = fake->arg;
		gprs[0] = RHI_DA_SUCCESS;
	}
}

static void arm_cca_da_run_pretended(struct kunit *test)
{
	static const int expected[] = {
		[RSI_VDEV_UNLOCKED] = -ESTALE,
		[RSI_VDEV_LOCKED] = -EIO,
		[RSI_VDEV_STARTED] = 0,
		[RSI_VDEV_ERROR] = -EIO,
	};
	struct fake *fake = test->priv;

	for (fake->arg = 0; fake->arg <= RSI_VDEV_ERROR; fake->arg++) {
		cca_fake_assert_lock(test);
		fake->rhi_hook = rhi_pretend;
		KUNIT_EXPECT_EQ(test, ops->run(fake->tsm), expected[fake->arg]);
		cca_fake_expect_recovery(test);
	}
}

static void rhi_run_relock(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_VDEV_SET_TDI_STATE && gprs[2] == RHI_DA_TDI_RUN) {
		cca_fake_relock(fake);
		fake->info.state = RSI_VDEV_STARTED;
	}
}

/* The function is in RUN, but in a session that nobody verified */
static void arm_cca_da_run_relocked(struct kunit *test)
{
	struct fake *fake = test->priv;

	cca_fake_assert_lock(test);
	fake->rhi_hook = rhi_run_relock;
	KUNIT_EXPECT_EQ(test, ops->run(fake->tsm), -ESTALE);
	cca_fake_expect_stale(test);
	cca_fake_expect_recovery(test);
}

static void arm_cca_da_unlock_pretended(struct kunit *test)
{
	struct fake *fake = test->priv;

	cca_fake_assert_run(test);
	KUNIT_EXPECT_EQ(test, ops->dma_enable(fake->tsm), 0);
	fake->rhi_hook = rhi_pretend;
	fake->arg = RSI_VDEV_STARTED;
	KUNIT_EXPECT_EQ(test, ops->unlock(fake->tsm), -EIO);
	KUNIT_EXPECT_FALSE(test, fake->dma);
	cca_fake_expect_state(test, PCI_TSM_RUN);
	cca_fake_expect_recovery(test);
}

/* Unlocking is for a function in any state, and asks the host only if needed */
static void arm_cca_da_unlock_any(struct kunit *test)
{
	struct fake *fake = test->priv;
	u8 state;

	for (state = 0; state <= RSI_VDEV_ERROR; state++) {
		cca_fake_assert_lock(test);
		fake->info.state = state;
		fake->host_calls = 0;
		KUNIT_EXPECT_EQ(test, ops->unlock(fake->tsm), 0);
		KUNIT_EXPECT_EQ(test, fake->host_calls,
				state == RSI_VDEV_UNLOCKED ? 0 : 1);
		cca_fake_expect_state(test, PCI_TSM_UNLOCKED);
	}
}

/* What the RMM says about the function counts, unless the session is gone */
static void arm_cca_da_query(struct kunit *test)
{
	struct fake *fake = test->priv;

	cca_fake_assert_run(test);
	fake->info.state = RSI_VDEV_ERROR;
	cca_fake_expect_state(test, PCI_TSM_ERROR);
	fake->info.state = RSI_VDEV_UNLOCKED;
	cca_fake_expect_stale(test);
	fake->info.state = RSI_VDEV_LOCKED;
	cca_fake_expect_state(test, PCI_TSM_LOCKED);
	cca_fake_expect_recovery(test);
}

static const struct {
	const char *name;
	u64 rsi_features;
	u64 version;
	u64 features;
	bool expected;
} feature_cases[] = {
	{ "all", 1, 0x10000, 0x3b, true },
	{ "all and more", 7, 0x10001, 0xff, true },
	{ "RMM without", 6, 0x10000, 0x3b, false },
	{ "host without", 1, U64_MAX, 0x3b, false },
	{ "host of version 0", 1, 0x1, 0x3b, false },
	{ "host of version 2", 1, 0x20000, 0x3b, false },
	{ "no features", 1, 0x10000, U64_MAX, false },
	{ "no object size", 1, 0x10000, 0x3a, false },
	{ "no object read", 1, 0x10000, 0x39, false },
	{ "no measurements", 1, 0x10000, 0x33, false },
	{ "no report", 1, 0x10000, 0x2b, false },
	{ "no states", 1, 0x10000, 0x1b, false },
};

KUNIT_ARRAY_PARAM_DESC(feature, feature_cases, name);

static void arm_cca_da_features(struct kunit *test)
{
	const typeof(feature_cases[0]) *c = test->param_value;
	struct fake *fake = test->priv;

	fake->features = c->rsi_features;
	fake->rhi_version = c->version;
	fake->rhi_features = c->features;
	KUNIT_EXPECT_EQ(test, arm_cca_rsi_has_da() && arm_cca_rhi_has_da(),
			c->expected);
}

static struct kunit_case arm_cca_da_state_cases[] = {
	KUNIT_CASE(arm_cca_da_life),
	KUNIT_CASE_PARAM(arm_cca_da_features, feature_gen_params),
	KUNIT_CASE(arm_cca_da_not_locked),
	KUNIT_CASE_PARAM(arm_cca_da_nonce, nonce_gen_params),
	KUNIT_CASE(arm_cca_da_collect_again),
	KUNIT_CASE(arm_cca_da_run_pretended),
	KUNIT_CASE(arm_cca_da_run_relocked),
	KUNIT_CASE(arm_cca_da_unlock_pretended),
	KUNIT_CASE(arm_cca_da_unlock_any),
	KUNIT_CASE(arm_cca_da_query),
	{}
};

static struct kunit_suite arm_cca_da_state_suite = {
	.name = "arm_cca_da_state",
	.init = cca_fake_init,
	.exit = cca_fake_exit,
	.test_cases = arm_cca_da_state_cases,
};

kunit_test_suite(arm_cca_da_state_suite);
