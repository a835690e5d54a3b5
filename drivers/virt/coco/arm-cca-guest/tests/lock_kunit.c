// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit test: a function is locked, whatever the RMM and the host answer
 */
#include <kunit/test.h>
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/wordpart.h>

#include <asm/rhi.h>

#include "fake.h"

static const struct pci_tsm_devsec_ops *ops = &arm_cca_devsec_ops;

static void rhi_busy(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid != RHI_DA_VDEV_GET_REPORT || fake->count++ >= fake->arg)
		return;
	gprs[0] = RHI_DA_BUSY;
}

static void rhi_incomplete(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid != RHI_DA_VDEV_GET_REPORT && fid != RHI_DA_VDEV_CONTINUE)
		return;
	/* The first call did not finish, nor do the next ones */
	if (gprs[0] == RHI_DA_SUCCESS && fake->count++ < fake->arg) {
		gprs[0] = RHI_DA_INCOMPLETE;
		gprs[1] = fake->count == 1 ? FAKE_HANDLE : 0;
	}
}

static void rhi_lock_status(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_VDEV_SET_TDI_STATE)
		gprs[0] = fake->arg;
}

static void rhi_size(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_OBJECT_SIZE && gprs[2] == RHI_DA_OBJECT_REPORT)
		gprs[1] = fake->arg;
}

/* Of any object but the report */
static void rhi_other_size(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_OBJECT_SIZE && gprs[2] != RHI_DA_OBJECT_REPORT)
		gprs[1] = fake->arg;
}

static void rhi_size_status(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_OBJECT_SIZE)
		gprs[0] = fake->arg;
}

static void rhi_vca_size(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_OBJECT_SIZE && gprs[2] == RHI_DA_OBJECT_VCA)
		gprs[1] = fake->arg;
}

static void rhi_read_len(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_OBJECT_READ)
		gprs[1] = fake->arg;
}

static void rhi_read_status(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_OBJECT_READ && gprs[5])
		gprs[0] = fake->arg;
}

/* Object in the upper half of @arg, offset in the lower one */
static void rhi_flip(struct fake *fake, u64 fid, u64 *gprs)
{
	u64 object = upper_32_bits(fake->arg), at = lower_32_bits(fake->arg);

	if (fid == RHI_DA_OBJECT_READ && gprs[2] == object && gprs[5] <= at &&
	    gprs[5] + gprs[1] > at)
		*((u8 *)phys_to_virt(gprs[3]) + at - gprs[5]) ^= 1;
}

#define FLIP(object, at)	((u64)RHI_DA_OBJECT_##object << 32 | (at))

/* Another object of the same host in its place: of another time or function */
static void rhi_exchange(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_OBJECT_READ && gprs[2] == fake->arg)
		memset(phys_to_virt(gprs[3]), 0x5a, gprs[1]);
}

static void rhi_no_object(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_OBJECT_SIZE && gprs[2] == fake->arg)
		gprs[0] = RHI_DA_DATA_NOT_AVAILABLE;
}

static void rhi_measure_status(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_VDEV_GET_MEASUREMENTS)
		gprs[0] = fake->arg;
}

static void rhi_measure_late(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_OBJECT_READ)
		fake->info.meas_digest[0] ^= 1;
}

static void rhi_pretend_lock(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_VDEV_SET_TDI_STATE)
		fake->info.state = fake->arg;
}

static void rhi_relock(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_OBJECT_SIZE)
		cca_fake_relock(fake);
}

static void rhi_state_late(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_OBJECT_READ)
		fake->info.state = fake->arg;
}

static void rhi_format(struct fake *fake, u64 fid, u64 *gprs)
{
	fake->info.report_format = fake->arg;
}

static void rhi_version(struct fake *fake, u64 fid, u64 *gprs)
{
	fake->info.report_version = fake->arg;
}

static void rhi_hash(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_OBJECT_READ)
		fake->info.hash_algo = fake->arg;
}

/* A digest that is right as far as the algorithm goes, and then is not zero */
static void rhi_digest_tail(struct fake *fake, u64 fid, u64 *gprs)
{
	if (fid == RHI_DA_OBJECT_READ)
		fake->info.report_digest[RSI_DIGEST_SIZE - 1] = 1;
}

static void rsi_info_status(struct fake *fake,
			    const struct arm_smccc_1_2_regs *args,
			    struct arm_smccc_1_2_regs *res)
{
	if (args->a0 == SMC_RSI_VDEV_GET_INFO)
		res->a0 = fake->arg;
}

static void rsi_info_incomplete(struct fake *fake,
				const struct arm_smccc_1_2_regs *args,
				struct arm_smccc_1_2_regs *res)
{
	if (args->a0 == SMC_RSI_VDEV_GET_INFO && fake->count++ < fake->arg)
		res->a0 = RSI_INCOMPLETE;
}

static void rsi_host_call_status(struct fake *fake,
				 const struct arm_smccc_1_2_regs *args,
				 struct arm_smccc_1_2_regs *res)
{
	if (args->a0 == SMC_RSI_HOST_CALL)
		res->a0 = fake->arg;
}

static const struct fake_case lock_cases[] = {
	{ "busy for a while", NULL, rhi_busy, 5, 0 },
	{ "busy for ever", NULL, rhi_busy, U64_MAX, -ETIMEDOUT },
	{ "continued", NULL, rhi_incomplete, 5, 0 },
	{ "continued for ever", NULL, rhi_incomplete, U64_MAX, -ETIMEDOUT },
	{ "no data", NULL, rhi_lock_status, 2, -ENODATA },
	{ "unknown function", NULL, rhi_lock_status, 3, -ENODEV },
	{ "unknown object", NULL, rhi_lock_status, 4, -EOPNOTSUPP },
	{ "bad input", NULL, rhi_lock_status, 5, -EPROTO },
	{ "device error", NULL, rhi_lock_status, 6, -EIO },
	{ "bad offset", NULL, rhi_lock_status, 7, -EBADMSG },
	{ "no access", NULL, rhi_lock_status, 8, -EPROTO },
	{ "aborted", NULL, rhi_lock_status, 10, -EBADMSG },
	{ "unsupported object", NULL, rhi_lock_status, 11, -EOPNOTSUPP },
	{ "undefined status", NULL, rhi_lock_status, 12, -EBADMSG },
	{ "far status", NULL, rhi_lock_status, BIT_ULL(63), -EBADMSG },
	{ "unknown call", NULL, rhi_lock_status, U64_MAX, -EOPNOTSUPP },
	{ "not locked", NULL, rhi_pretend_lock, RSI_VDEV_UNLOCKED, -EIO },
	{ "started", NULL, rhi_pretend_lock, RSI_VDEV_STARTED, -EIO },
	{ "in error", NULL, rhi_pretend_lock, RSI_VDEV_ERROR, -EIO },
	{ "undefined state", NULL, rhi_pretend_lock, 4, -EBADMSG },
	{ "empty report", NULL, rhi_size, 0, -EBADMSG },
	{ "huge report", NULL, rhi_size, PCI_TSM_REPORT_MAX + 1, -EBADMSG },
	{ "endless report", NULL, rhi_size, U64_MAX, -EBADMSG },
	{ "truncated report", NULL, rhi_size, FAKE_REPORT_LEN - 1, -EBADMSG },
	{ "padded report", NULL, rhi_size, FAKE_REPORT_LEN + 1, -EBADMSG },
	{ "size incomplete", NULL, rhi_size_status, 1, -EBADMSG },
	{ "size busy", NULL, rhi_size_status, 9, -ETIMEDOUT },
	{ "nothing read", NULL, rhi_read_len, 0, -EBADMSG },
	{ "too much read", NULL, rhi_read_len, SZ_4K + 1, -EBADMSG },
	{ "far too much read", NULL, rhi_read_len, U64_MAX, -EBADMSG },
	{ "read byte by byte", NULL, rhi_read_len, 1, 0 },
	{ "read fails", NULL, rhi_read_status, 2, -ENODATA },
	{ "read beyond the end", NULL, rhi_read_status, 7, -EBADMSG },
	{ "first bit of the report flipped", NULL, rhi_flip, FLIP(REPORT, 0),
	  -EBADMSG },
	{ "last bit of the report flipped", NULL, rhi_flip,
	  FLIP(REPORT, FAKE_REPORT_LEN - 1), -EBADMSG },
	{ "bit of the certificates flipped", NULL, rhi_flip,
	  FLIP(CERTIFICATE, FAKE_OBJECT_LEN - 1), -EBADMSG },
	{ "bit of the VCA flipped", NULL, rhi_flip, FLIP(VCA, 1), -EBADMSG },
	{ "bit of the measurements flipped", NULL, rhi_flip,
	  FLIP(MEASUREMENTS, 4096), -EBADMSG },
	{ "other certificates", NULL, rhi_exchange, RHI_DA_OBJECT_CERTIFICATE,
	  -EBADMSG },
	{ "other VCA", NULL, rhi_exchange, RHI_DA_OBJECT_VCA, -EBADMSG },
	{ "other measurements", NULL, rhi_exchange, RHI_DA_OBJECT_MEASUREMENTS,
	  -EBADMSG },
	{ "no certificates", NULL, rhi_no_object, RHI_DA_OBJECT_CERTIFICATE,
	  -ENODATA },
	{ "no measurements", NULL, rhi_no_object, RHI_DA_OBJECT_MEASUREMENTS,
	  -ENODATA },
	{ "empty object", NULL, rhi_other_size, 0, -EBADMSG },
	{ "huge object", NULL, rhi_other_size, PCI_TSM_OBJECT_MAX + 1, -EBADMSG },
	{ "huge VCA", NULL, rhi_vca_size, PCI_TSM_VCA_MAX + 1, -EBADMSG },
	{ "object shorter than claimed", NULL, rhi_other_size,
	  PCI_TSM_VCA_MAX, -EBADMSG },
	{ "object longer than claimed", NULL, rhi_other_size,
	  FAKE_OBJECT_LEN - 1, -EBADMSG },
	{ "not measured", NULL, rhi_measure_status, 6, -EIO },
	{ "measured at the wrong time", NULL, rhi_measure_status, 2, -ENODATA },
	{ "busy when measured", NULL, rhi_measure_status, 9, -ETIMEDOUT },
	{ "digest of other measurements", NULL, rhi_measure_late, 0, -EBADMSG },
	{ "locked again", NULL, rhi_relock, 0, -ESTALE },
	{ "unlocked meanwhile", NULL, rhi_state_late, 0, -ESTALE },
	{ "in error meanwhile", NULL, rhi_state_late, 3, -EIO },
	{ "older RMM", NULL, rhi_format, 0x10, -EOPNOTSUPP },
	{ "other report", NULL, rhi_format, 0, -EOPNOTSUPP },
	{ "other version", NULL, rhi_version, 0x20000, -EOPNOTSUPP },
	{ "unknown hash", NULL, rhi_hash, 3, -EOPNOTSUPP },
	{ "other hash", NULL, rhi_hash, RSI_HASH_SHA512, -EBADMSG },
	{ "long digest", NULL, rhi_digest_tail, 0, -EBADMSG },
	{ "RMM: input", rsi_info_status, NULL, 1, -ENODEV },
	{ "RMM: state", rsi_info_status, NULL, 2, -EOPNOTSUPP },
	{ "RMM: unknown", rsi_info_status, NULL, 4, -EIO },
	{ "RMM: device", rsi_info_status, NULL, 5, -EIO },
	{ "RMM: undefined", rsi_info_status, NULL, 6, -EBADMSG },
	{ "RMM: unknown call", rsi_info_status, NULL, U64_MAX, -EOPNOTSUPP },
	{ "RMM: again", rsi_info_incomplete, NULL, 5, 0 },
	{ "RMM: again and again", rsi_info_incomplete, NULL, U64_MAX,
	  -ETIMEDOUT },
	{ "no host call", rsi_host_call_status, NULL, 1, -ENODEV },
};

KUNIT_ARRAY_PARAM_DESC(lock, lock_cases, name);

static void arm_cca_da_lock_answers(struct kunit *test)
{
	const struct fake_case *c = test->param_value;
	struct fake *fake = test->priv;
	struct pci_tsm_collection col;
	bool given_up;

	fake->rsi_hook = c->rsi_hook;
	fake->rhi_hook = c->rhi_hook;
	fake->arg = c->arg;

	if (!c->expected) {
		cca_fake_assert_lock(test);
	} else {
		KUNIT_EXPECT_EQ(test, cca_fake_lock(fake, &col), c->expected);
		cca_fake_free(&col);
	}

	/* What was begun and given up must not block what comes next */
	given_up = c->rhi_hook == rhi_incomplete && c->expected;
	KUNIT_EXPECT_EQ(test, fake->aborts, given_up);

	fake->info.report_format = RSI_VDEV_REPORT_TDISP;
	fake->info.report_version = 0x10000;
	fake->info.state = min(fake->info.state, RSI_VDEV_ERROR);
	cca_fake_expect_recovery(test);
}

static void arm_cca_da_lock_hash(struct kunit *test)
{
	struct fake *fake = test->priv;

	for (fake->info.hash_algo = 0; fake->info.hash_algo < 3;
	     fake->info.hash_algo++) {
		cca_fake_assert_lock(test);
		KUNIT_EXPECT_EQ(test, ops->unlock(fake->tsm), 0);
	}
}

KUNIT_DEFINE_ACTION_WRAPPER(kvfree_action, kvfree, const void *);

static void arm_cca_da_lock_sizes(struct kunit *test)
{
	struct fake *fake = test->priv;
	size_t *len = &fake->object[RHI_DA_OBJECT_REPORT].len;

	for (*len = 1; *len <= FAKE_REPORT_LEN; *len += SZ_4K - 1) {
		cca_fake_assert_lock(test);
		KUNIT_EXPECT_EQ(test, ops->unlock(fake->tsm), 0);
	}
}

/* A certificate chain, and a report, as large as they may be */
static void arm_cca_da_lock_largest(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct fake_object *certs = &fake->object[RHI_DA_OBJECT_CERTIFICATE];
	struct fake_object *report = &fake->object[RHI_DA_OBJECT_REPORT];

	certs->len = PCI_TSM_OBJECT_MAX;
	certs->data = kvmalloc(certs->len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, certs->data);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, kvfree_action, certs->data));
	memset32((u32 *)certs->data, 0x12345678, certs->len / sizeof(u32));

	report->len = PCI_TSM_REPORT_MAX;
	report->data = kunit_kzalloc(test, report->len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, report->data);

	cca_fake_assert_lock(test);
	cca_fake_expect_recovery(test);
}

/* A host of before RHI 1.0 */
static void arm_cca_da_lock_draft_host(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake->vca_id = RHI_DA_OBJECT_VCA_DRAFT;
	cca_fake_assert_lock(test);
	cca_fake_expect_recovery(test);
}

static void rhi_killed(struct fake *fake, u64 fid, u64 *gprs)
{
	cca_fake_kill_current();
	gprs[0] = RHI_DA_BUSY;
}

/* A signal ends what brings a function into use, not what takes it out */
static void arm_cca_da_lock_killed(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake->rhi_hook = rhi_killed;
	KUNIT_EXPECT_EQ(test, ops->lock(fake->tsm), -EINTR);
	KUNIT_EXPECT_EQ(test, ops->unlock(fake->tsm), -ETIMEDOUT);
	flush_signals(current);
	cca_fake_expect_recovery(test);
}

static struct kunit_case arm_cca_da_lock_cases[] = {
	KUNIT_CASE_PARAM(arm_cca_da_lock_answers, lock_gen_params),
	KUNIT_CASE(arm_cca_da_lock_hash),
	KUNIT_CASE(arm_cca_da_lock_sizes),
	KUNIT_CASE(arm_cca_da_lock_largest),
	KUNIT_CASE(arm_cca_da_lock_draft_host),
	KUNIT_CASE(arm_cca_da_lock_killed),
	{}
};

static struct kunit_suite arm_cca_da_lock_suite = {
	.name = "arm_cca_da_lock",
	.init = cca_fake_init,
	.exit = cca_fake_exit,
	.test_cases = arm_cca_da_lock_cases,
};

kunit_test_suite(arm_cca_da_lock_suite);
