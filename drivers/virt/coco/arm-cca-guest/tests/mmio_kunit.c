// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit test: MMIO is made private and shared, whatever the RMM and the host
 * answer
 */
#include <kunit/test.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <asm/rsi_cmds.h>

#include "fake.h"

static const struct pci_tsm_devsec_ops *ops = &arm_cca_devsec_ops;

static void rsi_validate_next(struct fake *fake,
			      const struct arm_smccc_1_2_regs *args,
			      struct arm_smccc_1_2_regs *res)
{
	if (args->a0 == SMC_RSI_VDEV_VALIDATE_MAPPING)
		res->a1 = fake->arg;
}

static void rsi_validate_reject(struct fake *fake,
				const struct arm_smccc_1_2_regs *args,
				struct arm_smccc_1_2_regs *res)
{
	if (args->a0 == SMC_RSI_VDEV_VALIDATE_MAPPING)
		res->a2 = fake->arg;
}

static void rsi_validate_status(struct fake *fake,
				const struct arm_smccc_1_2_regs *args,
				struct arm_smccc_1_2_regs *res)
{
	if (args->a0 == SMC_RSI_VDEV_VALIDATE_MAPPING)
		res->a0 = fake->arg;
}

/* Stand still: undo the progress that was made */
static void rsi_validate_still(struct fake *fake,
			       const struct arm_smccc_1_2_regs *args,
			       struct arm_smccc_1_2_regs *res)
{
	if (args->a0 != SMC_RSI_VDEV_VALIDATE_MAPPING ||
	    fake->count++ >= fake->arg)
		return;
	memset(fake->ripas, RSI_RIPAS_EMPTY, sizeof(fake->ripas));
	res->a1 = args->a2;
}

static void rsi_get_next(struct fake *fake,
			 const struct arm_smccc_1_2_regs *args,
			 struct arm_smccc_1_2_regs *res)
{
	if (args->a0 == SMC_RSI_IPA_STATE_GET)
		res->a1 = fake->arg;
}

static void rsi_get_ripas(struct fake *fake,
			  const struct arm_smccc_1_2_regs *args,
			  struct arm_smccc_1_2_regs *res)
{
	if (args->a0 == SMC_RSI_IPA_STATE_GET)
		res->a2 = fake->arg;
}

static const struct fake_case mmio_cases[] = {
	{ "goes back", rsi_validate_next, NULL, FAKE_MMIO - SZ_4K, -EBADMSG },
	{ "goes to 0", rsi_validate_next, NULL, 0, -EBADMSG },
	{ "goes too far", rsi_validate_next, NULL, FAKE_TOP + SZ_4K, -EBADMSG },
	{ "goes to the end", rsi_validate_next, NULL, U64_MAX, -EBADMSG },
	{ "half a page", rsi_validate_next, NULL, FAKE_MMIO + 1, -EBADMSG },
	{ "stands still", rsi_validate_still, NULL, U64_MAX, -ETIMEDOUT },
	{ "hesitates", rsi_validate_still, NULL, 5, 0 },
	{ "rejected", rsi_validate_reject, NULL, RSI_REJECT, -EPERM },
	{ "neither", rsi_validate_reject, NULL, 2, -EPERM },
	{ "bad input", rsi_validate_status, NULL, RSI_ERROR_INPUT, -ENODEV },
	{ "stale nonces", rsi_validate_status, NULL, RSI_ERROR_DEVICE, -EIO },
	{ "never ready", rsi_validate_status, NULL, RSI_INCOMPLETE,
	  -ETIMEDOUT },
	{ "undefined status", rsi_validate_status, NULL, 77, -EBADMSG },
	{ "used as RAM", rsi_get_ripas, NULL, RSI_RIPAS_RAM, -EBUSY },
	{ "destroyed", rsi_get_ripas, NULL, RSI_RIPAS_DESTROYED, 0 },
	{ "left over", rsi_get_ripas, NULL, RSI_RIPAS_DEV, 0 },
	{ "RIPAS of nothing", rsi_get_next, NULL, FAKE_MMIO, -EBADMSG },
	{ "RIPAS of all", rsi_get_next, NULL, U64_MAX, -EBADMSG },
};

KUNIT_ARRAY_PARAM_DESC(mmio, mmio_cases, name);

static void arm_cca_da_mmio_answers(struct kunit *test)
{
	const struct fake_case *c = test->param_value;
	struct fake *fake = test->priv;

	cca_fake_assert_lock(test);
	fake->rsi_hook = c->rsi_hook;
	fake->arg = c->arg;
	KUNIT_EXPECT_EQ(test, ops->mmio_validate(fake->tsm, &cca_fake_range),
			c->expected);
	KUNIT_EXPECT_EQ(test, cca_fake_pages(fake, RSI_RIPAS_DEV),
			c->expected ? 0 : FAKE_PAGES);
	cca_fake_expect_recovery(test);
}

static void arm_cca_da_mmio_steps(struct kunit *test)
{
	struct fake *fake = test->priv;

	cca_fake_assert_lock(test);
	for (fake->step = 1; fake->step < 6; fake->step++) {
		KUNIT_EXPECT_EQ(test, ops->mmio_validate(fake->tsm,
							 &cca_fake_range), 0);
		KUNIT_EXPECT_EQ(test, cca_fake_pages(fake, RSI_RIPAS_DEV),
				FAKE_PAGES);
		KUNIT_EXPECT_EQ(test, ops->mmio_teardown(fake->tsm,
							 &cca_fake_range), 0);
		KUNIT_EXPECT_EQ(test, cca_fake_pages(fake, RSI_RIPAS_EMPTY),
				FAKE_PAGES);
	}
}

/* The RMM takes one page and then finds that the next is not the device's */
static void arm_cca_da_mmio_undo(struct kunit *test)
{
	struct pci_tsm_mmio_range range = cca_fake_range;
	struct fake *fake = test->priv;

	cca_fake_assert_lock(test);
	range.reported += SZ_4K;
	KUNIT_EXPECT_EQ(test, ops->mmio_validate(fake->tsm, &range), -EPERM);

	fake->ripas[FAKE_PAGES - 1] = RSI_RIPAS_RAM;
	KUNIT_EXPECT_EQ(test, ops->mmio_validate(fake->tsm, &cca_fake_range),
			-EBUSY);
	range = cca_fake_range;
	range.size -= SZ_4K;
	KUNIT_EXPECT_EQ(test, ops->mmio_validate(fake->tsm, &range), 0);
	KUNIT_EXPECT_EQ(test, ops->mmio_teardown(fake->tsm, &range), 0);
	KUNIT_EXPECT_EQ(test, fake->ripas[FAKE_PAGES - 1], RSI_RIPAS_RAM);
}

static const struct {
	const char *name;
	struct pci_tsm_mmio_range range;
} range_cases[] = {
	{ "empty", { FAKE_MMIO, 0, FAKE_REPORTED } },
	{ "start", { FAKE_MMIO + 1, SZ_4K, FAKE_REPORTED } },
	{ "size", { FAKE_MMIO, SZ_4K + 1, FAKE_REPORTED } },
	{ "reported", { FAKE_MMIO, SZ_4K, FAKE_REPORTED + 1 } },
	{ "end", { FAKE_MMIO, -SZ_4K, 0 } },
	{ "reported end", { FAKE_MMIO, SZ_8K, -SZ_4K } },
};

KUNIT_ARRAY_PARAM_DESC(range, range_cases, name);

static void arm_cca_da_mmio_range(struct kunit *test)
{
	const typeof(range_cases[0]) *c = test->param_value;
	struct fake *fake = test->priv;

	cca_fake_assert_lock(test);
	KUNIT_EXPECT_EQ(test, ops->mmio_validate(fake->tsm, &c->range),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, ops->mmio_teardown(fake->tsm, &c->range),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, cca_fake_pages(fake, RSI_RIPAS_EMPTY),
			FAKE_PAGES);
}

static void rsi_set_next(struct fake *fake,
			 const struct arm_smccc_1_2_regs *args,
			 struct arm_smccc_1_2_regs *res)
{
	if (args->a0 == SMC_RSI_IPA_STATE_SET)
		res->a1 = fake->arg;
}

static void rsi_set_reject(struct fake *fake,
			   const struct arm_smccc_1_2_regs *args,
			   struct arm_smccc_1_2_regs *res)
{
	if (args->a0 == SMC_RSI_IPA_STATE_SET)
		res->a2 = fake->arg;
}

static const struct fake_case teardown_cases[] = {
	{ "stands still", rsi_set_next, NULL, FAKE_MMIO, -ETIMEDOUT },
	{ "goes back", rsi_set_next, NULL, 0, -EBADMSG },
	{ "goes too far", rsi_set_next, NULL, FAKE_TOP + SZ_4K, -EBADMSG },
	{ "rejected", rsi_set_reject, NULL, RSI_REJECT, -EPERM },
};

KUNIT_ARRAY_PARAM_DESC(teardown, teardown_cases, name);

static void arm_cca_da_mmio_teardown(struct kunit *test)
{
	const struct fake_case *c = test->param_value;
	struct fake *fake = test->priv;

	cca_fake_assert_run(test);
	fake->rsi_hook = c->rsi_hook;
	fake->arg = c->arg;
	KUNIT_EXPECT_EQ(test, ops->mmio_teardown(fake->tsm, &cca_fake_range),
			c->expected);
	cca_fake_expect_recovery(test);
}

/* Nothing works without a LOCK session */

static void rsi_validate_killed(struct fake *fake,
				const struct arm_smccc_1_2_regs *args,
				struct arm_smccc_1_2_regs *res)
{
	if (args->a0 == SMC_RSI_VDEV_VALIDATE_MAPPING)
		cca_fake_kill_current();
}

/* A signal ends the validation, but not the undoing of it */
static void arm_cca_da_mmio_killed(struct kunit *test)
{
	struct fake *fake = test->priv;

	cca_fake_assert_lock(test);
	fake->rsi_hook = rsi_validate_killed;
	fake->step = 1;
	KUNIT_EXPECT_EQ(test, ops->mmio_validate(fake->tsm, &cca_fake_range),
			-EINTR);
	KUNIT_EXPECT_EQ(test, cca_fake_pages(fake, RSI_RIPAS_EMPTY),
			FAKE_PAGES);
	flush_signals(current);
	cca_fake_expect_recovery(test);
}

static struct kunit_case arm_cca_da_mmio_cases[] = {
	KUNIT_CASE_PARAM(arm_cca_da_mmio_answers, mmio_gen_params),
	KUNIT_CASE(arm_cca_da_mmio_steps),
	KUNIT_CASE(arm_cca_da_mmio_undo),
	KUNIT_CASE_PARAM(arm_cca_da_mmio_range, range_gen_params),
	KUNIT_CASE_PARAM(arm_cca_da_mmio_teardown, teardown_gen_params),
	KUNIT_CASE(arm_cca_da_mmio_killed),
	{}
};

static struct kunit_suite arm_cca_da_mmio_suite = {
	.name = "arm_cca_da_mmio",
	.init = cca_fake_init,
	.exit = cca_fake_exit,
	.test_cases = arm_cca_da_mmio_cases,
};

kunit_test_suite(arm_cca_da_mmio_suite);
