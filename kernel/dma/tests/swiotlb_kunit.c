// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for which devices may be sent to a bounce buffer by swiotlb=force
 */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/dma-mapping.h>
#include <linux/sizes.h>
#include <linux/swiotlb.h>

struct swiotlb_bounce_case {
	const char *name;
	bool force_bounce;
	bool cc_shared;
	bool for_alloc;
	bool private;
	bool bounce;
};

static const struct swiotlb_bounce_case swiotlb_bounce_cases[] = {
	{ .name = "not forced" },
	{ .name = "not forced, private", .cc_shared = true, .private = true },
	{ .name = "forced", .force_bounce = true, .bounce = true },
	{ .name = "forced, shared pool", .force_bounce = true,
	  .cc_shared = true, .bounce = true },
	{ .name = "forced, shared pool, private", .force_bounce = true,
	  .cc_shared = true, .private = true },
	{ .name = "forced, ordinary pool, private", .force_bounce = true,
	  .private = true, .bounce = true },
	{ .name = "restricted pool, private", .force_bounce = true,
	  .cc_shared = true, .for_alloc = true, .private = true,
	  .bounce = true },
};

KUNIT_ARRAY_PARAM_DESC(swiotlb_bounce, swiotlb_bounce_cases, name);

/* A device with a pool of its own that has no room: whatever bounces, fails */
static struct device *swiotlb_fake_device(struct kunit *test,
					  const struct swiotlb_bounce_case *c)
{
	struct io_tlb_mem *mem = kunit_kzalloc(test, sizeof(*mem), GFP_KERNEL);
	u64 *mask = kunit_kzalloc(test, sizeof(*mask), GFP_KERNEL);
	struct device *dev;

	KUNIT_ASSERT_NOT_NULL(test, mem);
	KUNIT_ASSERT_NOT_NULL(test, mask);
	dev = kunit_device_register(test, "swiotlb");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);

	mem->force_bounce = c->force_bounce;
	mem->cc_shared = c->cc_shared;
	mem->for_alloc = c->for_alloc;
	*mask = DMA_BIT_MASK(64);
	dev->dma_mask = mask;
	dev->dma_io_tlb_mem = mem;
	dev_set_dma_coherent(dev);
	dev_assign_dma_cc_private(dev, c->private);
	return dev;
}

static void swiotlb_force_bounce(struct kunit *test)
{
	const struct swiotlb_bounce_case *c = test->param_value;
	struct device *dev = swiotlb_fake_device(test, c);

	KUNIT_EXPECT_EQ(test, is_swiotlb_force_bounce(dev), c->bounce);
}

/* The mapping core asks: a mapping either is direct or fails in the full pool */
static void swiotlb_force_map(struct kunit *test)
{
	const struct swiotlb_bounce_case *c = test->param_value;
	struct device *dev = swiotlb_fake_device(test, c);
	void *buf = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	dma_addr_t addr;

	KUNIT_ASSERT_NOT_NULL(test, buf);

	addr = dma_map_single(dev, buf, SZ_4K, DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_EQ(test, !!dma_mapping_error(dev, addr), c->bounce);
	if (!dma_mapping_error(dev, addr))
		dma_unmap_single(dev, addr, SZ_4K, DMA_BIDIRECTIONAL);
}

static struct kunit_case swiotlb_cases[] = {
	KUNIT_CASE_PARAM(swiotlb_force_bounce, swiotlb_bounce_gen_params),
	KUNIT_CASE_PARAM(swiotlb_force_map, swiotlb_bounce_gen_params),
	{}
};

static struct kunit_suite swiotlb_suite = {
	.name = "swiotlb",
	.test_cases = swiotlb_cases,
};

kunit_test_suite(swiotlb_suite);

MODULE_DESCRIPTION("KUnit test for swiotlb");
MODULE_LICENSE("GPL");
