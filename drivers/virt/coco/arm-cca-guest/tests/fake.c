// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fake RMM and a fake host for the KUnit tests of device assignment
 */
#include <crypto/sha2.h>
#include <kunit/static_stub.h>
#include <linux/io.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <asm/rhi.h>
#include <asm/rsi_cmds.h>

#include "fake.h"

static const struct pci_tsm_devsec_ops *ops = &arm_cca_devsec_ops;

static struct fake *fake_get(void)
{
	return kunit_get_current_test()->priv;
}

static void fake_digest(struct fake *fake, u64 object, u8 *digest)
{
	const u8 *data = fake->object[object].data;
	size_t len = fake->object[object].len;

	memset(digest, 0, RSI_DIGEST_SIZE);
	if (fake->info.hash_algo == RSI_HASH_SHA256)
		sha256(data, len, digest);
	else if (fake->info.hash_algo == RSI_HASH_SHA384)
		sha384(data, len, digest);
	else
		sha512(data, len, digest);
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
		/* Of the connection, which was made before */
		fake_digest(fake, RHI_DA_OBJECT_VCA, fake->info.vca_digest);
		fake_digest(fake, RHI_DA_OBJECT_CERTIFICATE,
			    fake->info.cert_digest);
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

/* The index of an object, by the number that the guest has for it */
static bool fake_find_object(struct fake *fake, u64 id, u64 *index)
{
	*index = id == fake->vca_id ? RHI_DA_OBJECT_VCA : id;
	return *index < FAKE_OBJECTS &&
	       (id == fake->vca_id || id != RHI_DA_OBJECT_VCA);
}

static void fake_object_size(struct fake *fake, u64 *gprs)
{
	u64 index;

	gprs[0] = RHI_DA_INVALID_OBJECT;
	if (!fake_find_object(fake, gprs[2], &index))
		return;
	gprs[0] = RHI_DA_SUCCESS;
	gprs[1] = fake->object[index].len;
}

static void fake_object_read(struct fake *fake, u64 *gprs)
{
	u64 max = gprs[4], offset = gprs[5], len, index;

	gprs[0] = RHI_DA_INVALID_OBJECT;
	if (!fake_find_object(fake, gprs[2], &index))
		return;
	if (offset >= fake->object[index].len || max > RSI_GRANULE_SIZE) {
		gprs[0] = RHI_DA_INVALID_OFFSET;
		return;
	}
	len = min(max, fake->object[index].len - offset);
	memcpy(phys_to_virt(gprs[3]), fake->object[index].data + offset, len);
	gprs[0] = RHI_DA_SUCCESS;
	gprs[1] = len;
}

/* The nonce is part of the evidence; flags say that digests will do */
static u64 fake_measure(struct fake *fake, const struct rhi_da_meas_params *params)
{
	if (params->flags)
		return RHI_DA_ERROR_INPUT;
	memcpy(fake->nonce, params->nonce, sizeof(fake->nonce));
	memcpy(fake->object[RHI_DA_OBJECT_MEASUREMENTS].data + 4, params->nonce,
	       sizeof(params->nonce));
	fake->info.meas_nonce++;
	fake_digest(fake, RHI_DA_OBJECT_MEASUREMENTS, fake->info.meas_digest);
	return RHI_DA_SUCCESS;
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
		fake_digest(fake, RHI_DA_OBJECT_REPORT,
			    fake->info.report_digest);
		gprs[0] = RHI_DA_SUCCESS;
		break;
	case RHI_DA_VDEV_GET_MEASUREMENTS:
		gprs[0] = fake_measure(fake, phys_to_virt(gprs[2]));
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
		fake_object_size(fake, gprs);
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
	unsigned int object;
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
	fake->vca_id = RHI_DA_OBJECT_VCA;
	for (object = 0; object < FAKE_OBJECTS; object++) {
		size_t len = object == RHI_DA_OBJECT_REPORT ? FAKE_REPORT_LEN :
							      FAKE_OBJECT_LEN;
		u8 *data = kunit_kzalloc(test, len, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, data);
		for (i = 0; i < len; i++)
			data[i] = i * 7 + object;
		fake->object[object].data = data;
		fake->object[object].len = len;
	}

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
 * cca_fake_expect_stale - expect that the driver does not trust the session
 * @test: the test
 *
 * Context: KUnit test.
 */
void cca_fake_expect_stale(struct kunit *test)
{
	struct fake *fake = test->priv;
	enum pci_tsm_state state;

	KUNIT_EXPECT_EQ(test, ops->query(fake->tsm, &state), -ESTALE);
}

const u8 cca_fake_nonce[PCI_TSM_NONCE_SIZE] = "the nonce of the verifier";

/**
 * cca_fake_lock - begin a LOCK session and collect its evidence
 * @fake: the fake
 * @collection: the result, for cca_fake_free()
 *
 * Context: KUnit test.
 * Return: of the first operation that fails, or 0.
 */
int cca_fake_lock(struct fake *fake, struct pci_tsm_collection *collection)
{
	*collection = (struct pci_tsm_collection) {};
	return ops->lock(fake->tsm) ?:
	       ops->collect(fake->tsm, cca_fake_nonce, collection);
}

/**
 * cca_fake_free - free what was collected, as the PCI core does
 * @collection: the objects
 *
 * Context: KUnit test.
 */
void cca_fake_free(struct pci_tsm_collection *collection)
{
	for (int i = 0; i < PCI_TSM_NR_OBJECTS; i++)
		kvfree(collection->object[i].data);
}

/**
 * cca_fake_assert_lock - begin a LOCK session through the driver
 * @test: the test
 *
 * Context: KUnit test.
 */
void cca_fake_assert_lock(struct kunit *test)
{
	static const u64 id[] = {
		[PCI_TSM_CERTIFICATES] = RHI_DA_OBJECT_CERTIFICATE,
		[PCI_TSM_VCA] = RHI_DA_OBJECT_VCA,
		[PCI_TSM_MEASUREMENTS] = RHI_DA_OBJECT_MEASUREMENTS,
		[PCI_TSM_REPORT] = RHI_DA_OBJECT_REPORT,
	};
	struct fake *fake = test->priv;
	struct pci_tsm_collection c;

	KUNIT_ASSERT_EQ(test, cca_fake_lock(fake, &c), 0);
	for (int i = 0; i < PCI_TSM_NR_OBJECTS; i++) {
		KUNIT_EXPECT_EQ(test, c.object[i].len, fake->object[id[i]].len);
		KUNIT_EXPECT_MEMEQ(test, c.object[i].data,
				   fake->object[id[i]].data,
				   fake->object[id[i]].len);
	}
	KUNIT_EXPECT_MEMEQ(test, fake->nonce, cca_fake_nonce,
			   sizeof(cca_fake_nonce));
	cca_fake_free(&c);
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
	KUNIT_EXPECT_EQ(test, cca_fake_pages(fake, RSI_RIPAS_EMPTY),
			FAKE_PAGES);
	KUNIT_EXPECT_FALSE(test, fake->dma);
}
