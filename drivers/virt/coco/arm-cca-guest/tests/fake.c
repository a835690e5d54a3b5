// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fake RMM and a fake host for the KUnit tests of device assignment
 */
#include <crypto/sha2.h>
#include <kunit/static_stub.h>
#include <linux/io.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <asm/rhi.h>
#include <asm/rsi_cmds.h>

#include "fake.h"

static const struct pci_tsm_devsec_ops *ops = &arm_cca_devsec_ops;

static struct fake *fake_get(void)
{
	return kunit_get_current_test()->priv;
}

static void fake_digest(struct fake *fake)
{
	u8 *digest = fake->info.report_digest;

	memset(digest, 0, RSI_DIGEST_SIZE);
	if (fake->info.hash_algo == RSI_HASH_SHA256)
		sha256(fake->report, fake->report_len, digest);
	else if (fake->info.hash_algo == RSI_HASH_SHA384)
		sha384(fake->report, fake->report_len, digest);
	else
		sha512(fake->report, fake->report_len, digest);
}

/**
 * cca_fake_relock - begin a LOCK session
 * @fake: the fake
 *
 * Context: KUnit test.
 */
void cca_fake_relock(struct fake *fake)
{
	fake->info.state = RSI_VDEV_LOCKED;
	fake->info.lock_nonce += 0x1111;
}

static u64 fake_set_tdi_state(struct fake *fake, u64 state)
{
	u8 from = fake->info.state;

	switch (state) {
	case RHI_DA_TDI_LOCKED:
		if (from != RSI_VDEV_UNLOCKED)
			return RHI_DA_ERROR_DEVICE;
		cca_fake_relock(fake);
		return RHI_DA_SUCCESS;
	case RHI_DA_TDI_RUN:
		if (from != RSI_VDEV_LOCKED)
			return RHI_DA_ERROR_DEVICE;
		fake->info.state = RSI_VDEV_STARTED;
		return RHI_DA_SUCCESS;
	case RHI_DA_TDI_UNLOCKED:
		if (from == RSI_VDEV_UNLOCKED)
			return RHI_DA_ERROR_DEVICE;
		/* The RMM sees to that */
		if (cca_fake_pages(fake, RSI_RIPAS_DEV))
			return RHI_DA_ACCESS_FAILED;
		fake->info.state = RSI_VDEV_UNLOCKED;
		fake->dma = false;
		return RHI_DA_SUCCESS;
	default:
		return RHI_DA_ERROR_INPUT;
	}
}

static void fake_object_read(struct fake *fake, u64 *gprs)
{
	u64 max = gprs[4], offset = gprs[5], len;

	if (offset > fake->report_len || max > RSI_GRANULE_SIZE) {
		gprs[0] = RHI_DA_INVALID_OFFSET;
		return;
	}
	len = min(max, fake->report_len - offset);
	memcpy(phys_to_virt(gprs[3]), fake->report + offset, len);
	gprs[0] = RHI_DA_SUCCESS;
	gprs[1] = len;
}

static void fake_host(struct fake *fake, u64 *gprs)
{
	u64 fid = gprs[0];

	fake->host_calls++;
	if (fid != RHI_DA_VERSION && fid != RHI_DA_FEATURES &&
	    gprs[1] != FAKE_ID) {
		gprs[0] = RHI_DA_INVALID_VDEV_ID;
		return;
	}

	switch (fid) {
	case RHI_DA_VERSION:
		gprs[0] = fake->rhi_version;
		break;
	case RHI_DA_FEATURES:
		gprs[0] = fake->rhi_features;
		break;
	case RHI_DA_VDEV_SET_TDI_STATE:
		gprs[0] = fake_set_tdi_state(fake, gprs[2]);
		break;
	case RHI_DA_VDEV_GET_REPORT:
		fake->info.report_nonce++;
		fake_digest(fake);
		gprs[0] = RHI_DA_SUCCESS;
		break;
	case RHI_DA_VDEV_CONTINUE:
		gprs[0] = gprs[2] == FAKE_HANDLE ? RHI_DA_SUCCESS :
						   RHI_DA_ERROR_INPUT;
		break;
	case RHI_DA_VDEV_ABORT:
		fake->aborts++;
		gprs[0] = RHI_DA_SUCCESS;
		break;
	case RHI_DA_OBJECT_SIZE:
		gprs[0] = RHI_DA_SUCCESS;
		gprs[1] = fake->report_len;
		break;
	case RHI_DA_OBJECT_READ:
		fake_object_read(fake, gprs);
		break;
	default:
		gprs[0] = RHI_NOT_SUPPORTED;
	}

	if (fake->rhi_hook)
		fake->rhi_hook(fake, fid, gprs);
}

static u8 *fake_ripas(struct fake *fake, u64 ipa)
{
	return &fake->ripas[(ipa - FAKE_MMIO) / RSI_GRANULE_SIZE];
}

static bool fake_range_bad(u64 base, u64 top)
{
	return !IS_ALIGNED(base | top, RSI_GRANULE_SIZE) || base >= top ||
	       base < FAKE_MMIO ||
	       top > FAKE_MMIO + FAKE_PAGES * RSI_GRANULE_SIZE;
}

static void fake_validate(struct fake *fake,
			  const struct arm_smccc_1_2_regs *args,
			  struct arm_smccc_1_2_regs *res)
{
	u64 base = args->a2, top = args->a3, pa = args->a4;
	unsigned int n;

	res->a0 = RSI_ERROR_INPUT;
	if (fake_range_bad(base, top) || args->a5 ||
	    fake->info.state != RSI_VDEV_LOCKED)
		return;

	res->a0 = RSI_ERROR_DEVICE;
	if (args->a6 != fake->info.lock_nonce ||
	    args->a7 != fake->info.meas_nonce ||
	    args->a8 != fake->info.report_nonce)
		return;

	res->a0 = RSI_SUCCESS;
	res->a2 = RSI_ACCEPT;
	for (n = 0; base < top && n < fake->step; n++) {
		if (pa - FAKE_REPORTED != base - FAKE_MMIO ||
		    *fake_ripas(fake, base) != RSI_RIPAS_EMPTY) {
			res->a2 = RSI_REJECT;
			break;
		}
		*fake_ripas(fake, base) = RSI_RIPAS_DEV;
		base += RSI_GRANULE_SIZE;
		pa += RSI_GRANULE_SIZE;
	}
	res->a1 = base;
}

static void fake_ripas_get(struct fake *fake,
			   const struct arm_smccc_1_2_regs *args,
			   struct arm_smccc_1_2_regs *res)
{
	u64 base = args->a1, top = args->a2;

	if (fake_range_bad(base, top)) {
		res->a0 = RSI_ERROR_INPUT;
		return;
	}
	res->a2 = *fake_ripas(fake, base);
	while (base < top && *fake_ripas(fake, base) == res->a2)
		base += RSI_GRANULE_SIZE;
	res->a0 = RSI_SUCCESS;
	res->a1 = base;
}

static void fake_ripas_set(struct fake *fake,
			   const struct arm_smccc_1_2_regs *args,
			   struct arm_smccc_1_2_regs *res)
{
	u64 base = args->a1, top = args->a2;
	unsigned int n;

	if (fake_range_bad(base, top) || args->a3 != RSI_RIPAS_EMPTY ||
	    args->a4 != RSI_CHANGE_DESTROYED) {
		res->a0 = RSI_ERROR_INPUT;
		return;
	}
	for (n = 0; base < top && n < fake->step; n++) {
		*fake_ripas(fake, base) = RSI_RIPAS_EMPTY;
		base += RSI_GRANULE_SIZE;
	}
	res->a0 = RSI_SUCCESS;
	res->a1 = base;
	res->a2 = RSI_ACCEPT;
}

static u64 fake_dma_enable(struct fake *fake,
			   const struct arm_smccc_1_2_regs *args)
{
	if (args->a2 || args->a3)
		return RSI_ERROR_INPUT;
	if (fake->info.state != RSI_VDEV_STARTED ||
	    args->a4 != fake->info.lock_nonce ||
	    args->a5 != fake->info.meas_nonce ||
	    args->a6 != fake->info.report_nonce)
		return RSI_ERROR_DEVICE;
	fake->dma = true;
	return RSI_SUCCESS;
}

static void fake_smc(const struct arm_smccc_1_2_regs *args,
		     struct arm_smccc_1_2_regs *res)
{
	struct fake *fake = fake_get();
	bool vdev_call = args->a0 == SMC_RSI_VDEV_GET_INFO ||
			 args->a0 == SMC_RSI_VDEV_VALIDATE_MAPPING ||
			 args->a0 == SMC_RSI_VDEV_DMA_ENABLE ||
			 args->a0 == SMC_RSI_VDEV_DMA_DISABLE;

	*res = (struct arm_smccc_1_2_regs) { .a0 = RSI_ERROR_INPUT };
	if (vdev_call && args->a1 != FAKE_ID)
		return;

	switch (args->a0) {
	case SMC_RSI_FEATURES:
		res->a0 = RSI_SUCCESS;
		res->a1 = args->a1 ? 0 : fake->features;
		break;
	case SMC_RSI_HOST_CALL:
		if (!IS_ALIGNED(args->a1, sizeof(struct rsi_host_call)))
			break;
		fake_host(fake, ((struct rsi_host_call *)
				 phys_to_virt(args->a1))->gprs);
		res->a0 = RSI_SUCCESS;
		break;
	case SMC_RSI_VDEV_GET_INFO:
		if (!IS_ALIGNED(args->a2, sizeof(struct rsi_vdev_info)))
			break;
		memcpy(phys_to_virt(args->a2), &fake->info, sizeof(fake->info));
		res->a0 = RSI_SUCCESS;
		break;
	case SMC_RSI_VDEV_VALIDATE_MAPPING:
		fake_validate(fake, args, res);
		break;
	case SMC_RSI_IPA_STATE_GET:
		fake_ripas_get(fake, args, res);
		break;
	case SMC_RSI_IPA_STATE_SET:
		fake_ripas_set(fake, args, res);
		break;
	case SMC_RSI_VDEV_DMA_ENABLE:
		res->a0 = fake_dma_enable(fake, args);
		break;
	case SMC_RSI_VDEV_DMA_DISABLE:
		fake->dma = false;
		res->a0 = RSI_SUCCESS;
		break;
	default:
		res->a0 = (unsigned long)SMCCC_RET_NOT_SUPPORTED;
	}

	if (fake->rsi_hook)
		fake->rsi_hook(fake, args, res);
}

/* Time flies: an operation has about as many pauses as it has seconds */
static void fake_sleep(struct arm_cca_wait *wait)
{
	wait->deadline -= HZ;
}

/**
 * cca_fake_init - provide a function for a test case
 * @test: the test, gets a &struct fake as its private data
 *
 * Context: KUnit test.
 * Return: 0, or does not return.
 */
int cca_fake_init(struct kunit *test)
{
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, fake);
	test->priv = fake;

	fake->bus.domain_nr = 1;
	fake->bus.number = 2;
	fake->pdev.bus = &fake->bus;
	fake->pdev.devfn = PCI_DEVFN(3, 1);
	fake->pdev.dev.init_name = "0001:02:03.1";

	fake->features = RSI_FEATURE_REGISTER_0_DA;
	fake->info.hash_algo = RSI_HASH_SHA384;
	fake->info.report_format = RSI_VDEV_REPORT_TDISP;
	fake->info.report_version = 0x10000;
	fake->info.lock_nonce = 0xfffffffffffff000;
	fake->info.meas_nonce = 0x2222;
	fake->info.report_nonce = 0x3333;
	fake->step = FAKE_PAGES;

	fake->rhi_version = 0x10000;
	fake->rhi_features = 0x3b;
	fake->report_len = FAKE_REPORT_LEN;
	for (i = 0; i < FAKE_REPORT_LEN; i++)
		fake->report[i] = i * 7;

	kunit_activate_static_stub(test, arm_cca_smc, fake_smc);
	kunit_activate_static_stub(test, arm_cca_sleep, fake_sleep);

	fake->tsm = ops->probe(NULL, &fake->pdev);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fake->tsm);
	return 0;
}

/**
 * cca_fake_exit - undo cca_fake_init()
 * @test: the test
 *
 * Context: KUnit test.
 */
void cca_fake_exit(struct kunit *test)
{
	struct fake *fake = test->priv;

	if (fake && !IS_ERR_OR_NULL(fake->tsm))
		ops->remove(fake->tsm);
}

/* All the MMIO of the function */
const struct pci_tsm_mmio_range cca_fake_range = {
	.start = FAKE_MMIO,
	.size = FAKE_PAGES * RSI_GRANULE_SIZE,
	.reported = FAKE_REPORTED,
	.bar = 2,
};

/**
 * cca_fake_pages - count the pages of MMIO in a state
 * @fake: the fake
 * @ripas: the state
 *
 * Context: KUnit test.
 * Return: the number.
 */
unsigned int cca_fake_pages(struct fake *fake, u8 ripas)
{
	unsigned int n = 0, i;

	for (i = 0; i < FAKE_PAGES; i++)
		n += fake->ripas[i] == ripas;
	return n;
}

/**
 * cca_fake_kill_current - let a fatal signal be pending, until flush_signals()
 *
 * Context: KUnit test.
 */
void cca_fake_kill_current(void)
{
	sigaddset(&current->pending.signal, SIGKILL);
	set_tsk_thread_flag(current, TIF_SIGPENDING);
}

/**
 * cca_fake_expect_state - expect a function to be in a state
 * @test: the test
 * @expected: the state
 *
 * Context: KUnit test.
 */
void cca_fake_expect_state(struct kunit *test, enum pci_tsm_state expected)
{
	struct fake *fake = test->priv;
	enum pci_tsm_state state = -1;

	KUNIT_EXPECT_EQ(test, ops->query(fake->tsm, &state), 0);
	KUNIT_EXPECT_EQ(test, state, expected);
}

/**
 * cca_fake_assert_lock - begin a LOCK session through the driver
 * @test: the test
 *
 * Context: KUnit test.
 */
void cca_fake_assert_lock(struct kunit *test)
{
	struct fake *fake = test->priv;

	KUNIT_ASSERT_EQ(test, ops->lock(fake->tsm), 0);
	KUNIT_ASSERT_EQ(test, fake->tsm->report_len, fake->report_len);
	KUNIT_ASSERT_MEMEQ(test, fake->tsm->report, fake->report,
			   fake->report_len);
	cca_fake_expect_state(test, PCI_TSM_LOCKED);
}

/**
 * cca_fake_assert_run - bring a function to RUN through the driver
 * @test: the test
 *
 * Context: KUnit test.
 */
void cca_fake_assert_run(struct kunit *test)
{
	struct fake *fake = test->priv;

	cca_fake_assert_lock(test);
	KUNIT_ASSERT_EQ(test, ops->mmio_validate(fake->tsm, &cca_fake_range),
			0);
	KUNIT_ASSERT_EQ(test, ops->run(fake->tsm), 0);
	cca_fake_expect_state(test, PCI_TSM_RUN);
}

/**
 * cca_fake_expect_recovery - expect that a function can be unlocked
 * @test: the test
 *
 * Whatever happened to it, it can be brought back to the start once RMM and
 * host are honest again.
 *
 * Context: KUnit test.
 */
void cca_fake_expect_recovery(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake->rsi_hook = NULL;
	fake->rhi_hook = NULL;
	KUNIT_EXPECT_EQ(test, ops->mmio_teardown(fake->tsm, &cca_fake_range),
			0);
	KUNIT_EXPECT_EQ(test, ops->dma_disable(fake->tsm), 0);
	KUNIT_EXPECT_EQ(test, ops->unlock(fake->tsm), 0);
	cca_fake_expect_state(test, PCI_TSM_UNLOCKED);
	KUNIT_EXPECT_PTR_EQ(test, fake->tsm->report, NULL);
	KUNIT_EXPECT_EQ(test, fake->tsm->report_len, 0);
	KUNIT_EXPECT_EQ(test, cca_fake_pages(fake, RSI_RIPAS_EMPTY),
			FAKE_PAGES);
	KUNIT_EXPECT_FALSE(test, fake->dma);
}
