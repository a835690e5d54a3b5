// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for KUnit-managed software PCI host bridges and functions.
 */

#include <linux/atomic.h>
#include <linux/ioport.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#include <kunit/pci.h>
#include <kunit/test.h>

/* No driver of the kernel asks for this one */
#define TEST_VENDOR	0x1b36
#define TEST_DEVICE	0x5aff
#define TEST_CLASS	0xff0000

/* A vendor-specific capability: its length, then one 32-bit register at 4 */
static const u8 vndr_data[] = { 8, 0, 0x11, 0x22, 0x33, 0x44 };
static const u8 vndr_wmask[] = { 0, 0, 0x0f, 0, 0xff, 0xff };

#define VNDR_REG	4
#define VNDR_REG_RESET	0x44332211

static const u8 dvsec_data[] = { 0x36, 0x1b, 0x01, 0x00, 0x07, 0x00, 0x5a, 0xa5 };

static const struct kunit_pci_cap test_caps[] = {
	{
		.id = PCI_CAP_ID_VNDR,
		.size = sizeof(vndr_data),
		.data = vndr_data,
		.wmask = vndr_wmask,
	}, {
		.id = PCI_EXT_CAP_ID_DVSEC,
		.ext = true,
		.version = 1,
		.size = sizeof(dvsec_data),
		.data = dvsec_data,
	}, {
		.id = PCI_EXT_CAP_ID_DSN,
		.ext = true,
		.version = 1,
		.size = sizeof(dvsec_data),
		.data = dvsec_data,
	},
};

static const struct kunit_pci_func_desc test_desc = {
	.devfn = PCI_DEVFN(1, 0),
	.vendor = TEST_VENDOR,
	.device = TEST_DEVICE,
	.subsystem_vendor = 0x1111,
	.subsystem_device = 0x2222,
	.class = TEST_CLASS,
	.revision = 3,
	.devcap = PCI_EXP_DEVCAP_FLR | PCI_EXP_DEVCAP_TEE,
	.bars = {
		[0] = { .size = SZ_16K },
		[1] = { .size = 16 },
		[2] = {
			.size = SZ_4G,
			.flags = PCI_BASE_ADDRESS_MEM_TYPE_64 |
				 PCI_BASE_ADDRESS_MEM_PREFETCH,
		},
		[4] = {
			.size = SZ_1M,
			.flags = PCI_BASE_ADDRESS_MEM_TYPE_64,
		},
	},
	.msix = {
		.vectors = 33,
		.table_bir = 0,
		.table_offset = 0x2000,
		.pba_bir = 4,
		.pba_offset = 0x3000,
	},
	.caps = test_caps,
	.num_caps = ARRAY_SIZE(test_caps),
};

struct pci_test {
	struct kunit_pci_host *host;
	struct kunit_pci_func *func;
};

static int pci_test_init(struct kunit *test)
{
	struct pci_test *ctx;

	ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx);
	test->priv = ctx;

	ctx->host = kunit_pci_host_create(test);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ctx->host);

	ctx->func = kunit_pci_func_add(ctx->host, &test_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ctx->func);

	return 0;
}

/* Enumerate and return the device of the function that every test has */
static struct pci_dev *pci_test_probe(struct kunit *test)
{
	struct pci_test *ctx = test->priv;
	struct pci_dev *pdev;

	KUNIT_ASSERT_EQ(test, kunit_pci_host_probe(ctx->host), 0);
	pdev = kunit_pci_func_get_dev(test, ctx->func);
	KUNIT_ASSERT_NOT_NULL(test, pdev);

	return pdev;
}

/* Before enumeration there is no bus and no device. */
static void pci_test_not_probed(struct kunit *test)
{
	struct pci_test *ctx = test->priv;

	KUNIT_EXPECT_NULL(test, kunit_pci_host_bus(ctx->host));
	KUNIT_EXPECT_NULL(test, kunit_pci_func_get_dev(test, ctx->func));
	KUNIT_EXPECT_EQ(test, kunit_pci_func_remove(ctx->func), -ENODEV);
}

/* A host bridge is enumerated once, after that it is rescanned. */
static void pci_test_probe_twice(struct kunit *test)
{
	struct pci_test *ctx = test->priv;

	pci_test_probe(test);
	KUNIT_EXPECT_EQ(test, kunit_pci_host_probe(ctx->host), -EBUSY);
}

/* The PCI core sees the identity that was described. */
static void pci_test_identity(struct kunit *test)
{
	struct pci_dev *pdev = pci_test_probe(test);

	KUNIT_EXPECT_EQ(test, pdev->vendor, TEST_VENDOR);
	KUNIT_EXPECT_EQ(test, pdev->device, TEST_DEVICE);
	KUNIT_EXPECT_EQ(test, pdev->subsystem_vendor, 0x1111);
	KUNIT_EXPECT_EQ(test, pdev->subsystem_device, 0x2222);
	KUNIT_EXPECT_EQ(test, pdev->class, TEST_CLASS);
	KUNIT_EXPECT_EQ(test, pdev->revision, 3);
	KUNIT_EXPECT_EQ(test, pdev->hdr_type, PCI_HEADER_TYPE_NORMAL);
	KUNIT_EXPECT_FALSE(test, pdev->multifunction);
	KUNIT_EXPECT_TRUE(test, device_is_registered(&pdev->dev));
}

/* PCI Express, MSI-X and other capabilities are where the core looks. */
static void pci_test_caps(struct kunit *test)
{
	struct pci_dev *pdev = pci_test_probe(test);
	int pos;
	u32 val;

	KUNIT_EXPECT_TRUE(test, pci_is_pcie(pdev));
	KUNIT_EXPECT_EQ(test, pci_pcie_type(pdev), PCI_EXP_TYPE_ENDPOINT);
	KUNIT_EXPECT_EQ(test, pdev->devcap, PCI_EXP_DEVCAP_FLR | PCI_EXP_DEVCAP_TEE);
	KUNIT_EXPECT_EQ(test, pdev->cfg_size, PCI_CFG_SPACE_EXP_SIZE);

	KUNIT_EXPECT_NE(test, pdev->msix_cap, 0);
	KUNIT_EXPECT_EQ(test, pci_msix_vec_count(pdev), 33);
	pci_read_config_dword(pdev, pdev->msix_cap + PCI_MSIX_TABLE, &val);
	KUNIT_EXPECT_EQ(test, val, 0x2000);
	pci_read_config_dword(pdev, pdev->msix_cap + PCI_MSIX_PBA, &val);
	KUNIT_EXPECT_EQ(test, val, 0x3004);

	KUNIT_EXPECT_NE(test, pci_find_capability(pdev, PCI_CAP_ID_VNDR), 0);
	KUNIT_EXPECT_EQ(test, pci_find_capability(pdev, PCI_CAP_ID_PM), 0);

	pos = pci_find_dvsec_capability(pdev, TEST_VENDOR, 7);
	KUNIT_ASSERT_NE(test, pos, 0);
	pci_read_config_dword(pdev, pos + 8, &val);
	KUNIT_EXPECT_EQ(test, val, 0xa55a0007);
	KUNIT_EXPECT_EQ(test, pci_get_dsn(pdev), 0xa55a000700011b36);
}

/* A conventional function has no PCI Express capability and 256 bytes. */
static void pci_test_no_pcie(struct kunit *test)
{
	static const struct kunit_pci_func_desc desc = {
		.devfn = PCI_DEVFN(2, 0),
		.vendor = TEST_VENDOR,
		.device = TEST_DEVICE,
		.class = TEST_CLASS,
		.no_pcie = true,
	};
	struct pci_test *ctx = test->priv;
	struct kunit_pci_func *func;
	struct pci_dev *pdev;

	func = kunit_pci_func_add(ctx->host, &desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, func);
	pci_test_probe(test);

	pdev = kunit_pci_func_get_dev(test, func);
	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_EXPECT_FALSE(test, pci_is_pcie(pdev));
	KUNIT_EXPECT_EQ(test, pdev->cfg_size, PCI_CFG_SPACE_SIZE);
	KUNIT_EXPECT_EQ(test, pdev->msix_cap, 0);
}

/* The core sizes the BARs right, and assigns them within the windows. */
static void pci_test_bars(struct kunit *test)
{
	struct pci_dev *pdev = pci_test_probe(test);
	u32 lo, hi;

	KUNIT_EXPECT_EQ(test, pci_resource_len(pdev, 0), SZ_16K);
	KUNIT_EXPECT_EQ(test, pci_resource_len(pdev, 1), 16);
	KUNIT_EXPECT_EQ(test, pci_resource_len(pdev, 3), 0);
	KUNIT_EXPECT_EQ(test, pci_resource_len(pdev, 4), SZ_1M);
	KUNIT_EXPECT_EQ(test, pci_resource_len(pdev, 5), 0);
	KUNIT_EXPECT_FALSE(test, pci_resource_flags(pdev, 0) & IORESOURCE_PREFETCH);
	KUNIT_EXPECT_FALSE(test, pci_resource_flags(pdev, 0) & IORESOURCE_MEM_64);
	KUNIT_EXPECT_TRUE(test, pci_resource_flags(pdev, 4) & IORESOURCE_MEM_64);

	KUNIT_EXPECT_NOT_NULL(test, pdev->resource[0].parent);
	KUNIT_EXPECT_NOT_NULL(test, pdev->resource[1].parent);
	KUNIT_EXPECT_NOT_NULL(test, pdev->resource[4].parent);

	pci_read_config_dword(pdev, PCI_BASE_ADDRESS_0, &lo);
	KUNIT_EXPECT_EQ(test, lo, pci_bus_address(pdev, 0));
	KUNIT_EXPECT_NE(test, pci_bus_address(pdev, 0), pci_resource_start(pdev, 0));

	if (!IS_ENABLED(CONFIG_PHYS_ADDR_T_64BIT))
		return;

	KUNIT_EXPECT_EQ(test, pci_resource_len(pdev, 2), SZ_4G);
	KUNIT_EXPECT_TRUE(test, pci_resource_flags(pdev, 2) & IORESOURCE_PREFETCH);
	KUNIT_EXPECT_TRUE(test, pci_resource_flags(pdev, 2) & IORESOURCE_MEM_64);
	KUNIT_EXPECT_NOT_NULL(test, pdev->resource[2].parent);
	pci_read_config_dword(pdev, PCI_BASE_ADDRESS_2, &lo);
	pci_read_config_dword(pdev, PCI_BASE_ADDRESS_3, &hi);
	KUNIT_EXPECT_EQ(test, (u64)hi << 32 | (lo & PCI_BASE_ADDRESS_MEM_MASK),
			(u64)pci_bus_address(pdev, 2));
	KUNIT_EXPECT_GE(test, (u64)pci_bus_address(pdev, 2), SZ_4G);
}

/* Windows are claimed, so that nothing else is given the same addresses. */
static void pci_test_window_claimed(struct kunit *test)
{
	struct pci_dev *pdev = pci_test_probe(test);

	KUNIT_EXPECT_EQ(test, region_intersects(pci_resource_start(pdev, 0), SZ_16K,
						IORESOURCE_MEM, IORES_DESC_NONE),
			REGION_INTERSECTS);
}

/* Writes change what is writable, and only that. */
static void pci_test_config_write(struct kunit *test)
{
	struct pci_dev *pdev = pci_test_probe(test);
	struct pci_test *ctx = test->priv;
	int vndr = pci_find_capability(pdev, PCI_CAP_ID_VNDR);
	u16 word;
	u32 val;

	KUNIT_ASSERT_NE(test, vndr, 0);
	pci_write_config_word(pdev, PCI_VENDOR_ID, 0);
	pci_read_config_word(pdev, PCI_VENDOR_ID, &word);
	KUNIT_EXPECT_EQ(test, word, TEST_VENDOR);

	pci_read_config_dword(pdev, vndr + VNDR_REG, &val);
	KUNIT_EXPECT_EQ(test, val, VNDR_REG_RESET);
	pci_write_config_byte(pdev, vndr + VNDR_REG, 0xff);
	pci_read_config_dword(pdev, vndr + VNDR_REG, &val);
	KUNIT_EXPECT_EQ(test, val, 0x4433221f);
	pci_write_config_word(pdev, vndr + VNDR_REG + 2, 0xabcd);
	pci_read_config_dword(pdev, vndr + VNDR_REG, &val);
	KUNIT_EXPECT_EQ(test, val, 0xabcd221f);
	pci_write_config_dword(pdev, vndr + VNDR_REG, 0);
	pci_read_config_dword(pdev, vndr + VNDR_REG, &val);
	KUNIT_EXPECT_EQ(test, val, 0x00002210);

	pci_set_master(pdev);
	KUNIT_EXPECT_TRUE(test, kunit_pci_func_config_get(ctx->func, PCI_COMMAND, 2) &
				PCI_COMMAND_MASTER);
	KUNIT_EXPECT_EQ(test, pci_enable_device_mem(pdev), 0);
	KUNIT_EXPECT_TRUE(test, kunit_pci_func_config_get(ctx->func, PCI_COMMAND, 2) &
				PCI_COMMAND_MEMORY);
	pci_disable_device(pdev);
}

/* The device's side can change what is read-only to the PCI core. */
static void pci_test_config_set(struct kunit *test)
{
	struct pci_dev *pdev = pci_test_probe(test);
	struct pci_test *ctx = test->priv;
	u32 devcap;

	kunit_pci_func_config_set(ctx->func, pdev->pcie_cap + PCI_EXP_DEVCAP, 4,
				  PCI_EXP_DEVCAP_FLR);
	pcie_capability_read_dword(pdev, PCI_EXP_DEVCAP, &devcap);
	KUNIT_EXPECT_EQ(test, devcap, PCI_EXP_DEVCAP_FLR);
}

struct pci_test_hooks {
	int reg;
	atomic_t writes;
	atomic_t flrs;
};

static void pci_test_hook_read(struct kunit_pci_func *func, int where, int size,
			       u32 *val)
{
	struct pci_test_hooks *hooks = kunit_pci_func_priv(func);

	if (where == hooks->reg && size == 4)
		*val = 0x12345678;
}

static bool pci_test_hook_write(struct kunit_pci_func *func, int where, int size,
				u32 val)
{
	struct pci_test_hooks *hooks = kunit_pci_func_priv(func);

	if (where != hooks->reg)
		return true;

	atomic_inc(&hooks->writes);
	return false;
}

static void pci_test_hook_flr(struct kunit_pci_func *func)
{
	struct pci_test_hooks *hooks = kunit_pci_func_priv(func);

	atomic_inc(&hooks->flrs);
}

static const struct kunit_pci_func_ops pci_test_hook_ops = {
	.config_read = pci_test_hook_read,
	.config_write = pci_test_hook_write,
	.flr = pci_test_hook_flr,
};

static struct pci_dev *pci_test_probe_hooked(struct kunit *test,
					     struct pci_test_hooks *hooks,
					     struct kunit_pci_func **func)
{
	struct kunit_pci_func_desc desc = test_desc;
	struct pci_test *ctx = test->priv;
	struct pci_dev *pdev;
	int vndr;

	desc.devfn = PCI_DEVFN(2, 0);
	desc.ops = &pci_test_hook_ops;
	desc.priv = hooks;
	*func = kunit_pci_func_add(ctx->host, &desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, *func);
	pci_test_probe(test);

	pdev = kunit_pci_func_get_dev(test, *func);
	KUNIT_ASSERT_NOT_NULL(test, pdev);
	vndr = pci_find_capability(pdev, PCI_CAP_ID_VNDR);
	KUNIT_ASSERT_NE(test, vndr, 0);
	hooks->reg = vndr + VNDR_REG;

	return pdev;
}

/* A test can answer reads and swallow writes. */
static void pci_test_hook_access(struct kunit *test)
{
	struct pci_test_hooks hooks = { .reg = PCI_CFG_SPACE_EXP_SIZE };
	struct kunit_pci_func *func;
	struct pci_dev *pdev;
	u8 byte;
	u32 val;

	pdev = pci_test_probe_hooked(test, &hooks, &func);

	pci_read_config_dword(pdev, hooks.reg, &val);
	KUNIT_EXPECT_EQ(test, val, 0x12345678);

	pci_write_config_byte(pdev, hooks.reg, 0x0c);
	KUNIT_EXPECT_EQ(test, atomic_read(&hooks.writes), 1);
	pci_read_config_byte(pdev, hooks.reg, &byte);
	KUNIT_EXPECT_EQ(test, byte, 0x11);

	pci_write_config_byte(pdev, hooks.reg + 2, 0x0c);
	KUNIT_EXPECT_EQ(test, atomic_read(&hooks.writes), 1);
	pci_read_config_byte(pdev, hooks.reg + 2, &byte);
	KUNIT_EXPECT_EQ(test, byte, 0x0c);
}

/* A Function Level Reset by the core forgets what was written, and is seen. */
static void pci_test_flr(struct kunit *test)
{
	struct pci_test_hooks hooks = { .reg = PCI_CFG_SPACE_EXP_SIZE };
	struct kunit_pci_func *func;
	struct pci_dev *pdev;
	u32 bar;
	u8 byte;

	pdev = pci_test_probe_hooked(test, &hooks, &func);
	pci_read_config_dword(pdev, PCI_BASE_ADDRESS_0, &bar);
	KUNIT_EXPECT_NE(test, bar, 0);
	pci_write_config_byte(pdev, hooks.reg + 2, 0x0c);

	KUNIT_EXPECT_EQ(test, pcie_flr(pdev), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&hooks.flrs), 1);
	pci_read_config_byte(pdev, hooks.reg + 2, &byte);
	KUNIT_EXPECT_EQ(test, byte, 0x33);
	KUNIT_EXPECT_EQ(test, kunit_pci_func_config_get(func, PCI_BASE_ADDRESS_0, 4), 0);

	/* The core's own reset restores what it saved */
	pci_restore_state(pdev);
	KUNIT_EXPECT_EQ(test, pci_reset_function(pdev), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&hooks.flrs), 2);
	KUNIT_EXPECT_EQ(test, kunit_pci_func_config_get(func, PCI_BASE_ADDRESS_0, 4), bar);
}

/* Without FLR in its Device Capabilities a function does not reset. */
static void pci_test_no_flr(struct kunit *test)
{
	struct kunit_pci_func_desc desc = test_desc;
	struct pci_test *ctx = test->priv;
	struct kunit_pci_func *func;
	struct pci_dev *pdev;

	desc.devfn = PCI_DEVFN(2, 0);
	desc.devcap = 0;
	func = kunit_pci_func_add(ctx->host, &desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, func);
	pci_test_probe(test);
	pdev = kunit_pci_func_get_dev(test, func);
	KUNIT_ASSERT_NOT_NULL(test, pdev);

	pci_set_master(pdev);
	pcie_capability_set_word(pdev, PCI_EXP_DEVCTL, PCI_EXP_DEVCTL_BCR_FLR);
	KUNIT_EXPECT_TRUE(test, kunit_pci_func_config_get(func, PCI_COMMAND, 2) &
				PCI_COMMAND_MASTER);
	KUNIT_EXPECT_EQ(test, pcie_reset_flr(pdev, PCI_RESET_PROBE), -ENOTTY);
}

/* Every function of a device is found. */
static void pci_test_multifunction(struct kunit *test)
{
	struct kunit_pci_func_desc desc = test_desc;
	struct pci_test *ctx = test->priv;
	struct kunit_pci_func *func;
	struct pci_dev *pdev;

	desc.devfn = PCI_DEVFN(1, 5);
	func = kunit_pci_func_add(ctx->host, &desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, func);

	pdev = pci_test_probe(test);
	KUNIT_EXPECT_TRUE(test, pdev->multifunction);
	pdev = kunit_pci_func_get_dev(test, func);
	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_EXPECT_EQ(test, pdev->devfn, PCI_DEVFN(1, 5));
}

/* A function that was added later is found by a rescan. */
static void pci_test_hot_add(struct kunit *test)
{
	struct kunit_pci_func_desc desc = test_desc;
	struct pci_test *ctx = test->priv;
	struct kunit_pci_func *func;
	struct pci_dev *pdev;

	pci_test_probe(test);
	desc.devfn = PCI_DEVFN(31, 0);
	func = kunit_pci_func_add(ctx->host, &desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, func);
	KUNIT_EXPECT_NULL(test, kunit_pci_func_get_dev(test, func));

	kunit_pci_host_rescan(ctx->host);
	pdev = kunit_pci_func_get_dev(test, func);
	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_EXPECT_NOT_NULL(test, pdev->resource[0].parent);
}

/* A function that was removed is found again, as another device. */
static void pci_test_remove_rescan(struct kunit *test)
{
	struct pci_dev *pdev = pci_test_probe(test), *again;
	struct pci_test *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, kunit_pci_func_remove(ctx->func), 0);
	KUNIT_EXPECT_NULL(test, kunit_pci_func_get_dev(test, ctx->func));
	KUNIT_EXPECT_FALSE(test, device_is_registered(&pdev->dev));
	KUNIT_EXPECT_EQ(test, kunit_pci_func_remove(ctx->func), -ENODEV);

	kunit_pci_host_rescan(ctx->host);
	again = kunit_pci_func_get_dev(test, ctx->func);
	KUNIT_ASSERT_NOT_NULL(test, again);
	KUNIT_EXPECT_PTR_NE(test, again, pdev);
	KUNIT_EXPECT_NOT_NULL(test, again->resource[0].parent);
}

/* A function that vanished reads all-ones, and a rescan does not find it. */
static void pci_test_vanish(struct kunit *test)
{
	struct pci_dev *pdev = pci_test_probe(test);
	struct pci_test *ctx = test->priv;
	u32 val;

	kunit_pci_func_set_present(ctx->func, false);
	pci_read_config_dword(pdev, PCI_VENDOR_ID, &val);
	KUNIT_EXPECT_EQ(test, val, U32_MAX);
	KUNIT_EXPECT_FALSE(test, pci_device_is_present(pdev));
	pci_write_config_word(pdev, PCI_COMMAND, PCI_COMMAND_MASTER);
	KUNIT_EXPECT_EQ(test, kunit_pci_func_config_get(ctx->func, PCI_COMMAND, 2) &
			      PCI_COMMAND_MASTER, 0);

	KUNIT_EXPECT_EQ(test, kunit_pci_func_remove(ctx->func), 0);
	kunit_pci_host_rescan(ctx->host);
	KUNIT_EXPECT_NULL(test, kunit_pci_func_get_dev(test, ctx->func));

	kunit_pci_func_set_present(ctx->func, true);
	kunit_pci_host_rescan(ctx->host);
	KUNIT_EXPECT_NOT_NULL(test, kunit_pci_func_get_dev(test, ctx->func));
}

/* Two host bridges do not get into each other's way. */
static void pci_test_two_hosts(struct kunit *test)
{
	struct pci_dev *pdev = pci_test_probe(test), *other;
	struct kunit_pci_host *host;
	struct kunit_pci_func *func;

	host = kunit_pci_host_create(test);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, host);
	func = kunit_pci_func_add(host, &test_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, func);
	KUNIT_ASSERT_EQ(test, kunit_pci_host_probe(host), 0);
	other = kunit_pci_func_get_dev(test, func);
	KUNIT_ASSERT_NOT_NULL(test, other);

	KUNIT_EXPECT_STRNEQ(test, pci_name(pdev), pci_name(other));
	KUNIT_EXPECT_NE(test, pci_resource_start(pdev, 0), pci_resource_start(other, 0));
	KUNIT_EXPECT_EQ(test, pci_bus_address(pdev, 0), pci_bus_address(other, 0));
}

/* A malformed description is refused. */
static void pci_test_bad_desc(struct kunit *test)
{
	const struct kunit_pci_cap too_big = {
		.id = PCI_CAP_ID_VNDR, .size = 200, .data = &test_desc,
	};
	struct pci_test *ctx = test->priv;
	struct kunit_pci_func_desc desc;

	KUNIT_EXPECT_PTR_EQ(test, kunit_pci_func_add(ctx->host, &test_desc),
			    ERR_PTR(-EEXIST));

	desc = (struct kunit_pci_func_desc) { .devfn = 256 };
	KUNIT_EXPECT_PTR_EQ(test, kunit_pci_func_add(ctx->host, &desc), ERR_PTR(-EINVAL));

	desc = (struct kunit_pci_func_desc) { .bars[0].size = 24 };
	KUNIT_EXPECT_PTR_EQ(test, kunit_pci_func_add(ctx->host, &desc), ERR_PTR(-EINVAL));

	desc = (struct kunit_pci_func_desc) { .bars[0].size = SZ_4G };
	KUNIT_EXPECT_PTR_EQ(test, kunit_pci_func_add(ctx->host, &desc), ERR_PTR(-EINVAL));

	desc = (struct kunit_pci_func_desc) {
		.bars[5] = { .size = SZ_4K, .flags = PCI_BASE_ADDRESS_MEM_TYPE_64 },
	};
	KUNIT_EXPECT_PTR_EQ(test, kunit_pci_func_add(ctx->host, &desc), ERR_PTR(-EINVAL));

	desc = (struct kunit_pci_func_desc) {
		.bars[0] = { .size = SZ_4K, .flags = PCI_BASE_ADDRESS_SPACE_IO },
	};
	KUNIT_EXPECT_PTR_EQ(test, kunit_pci_func_add(ctx->host, &desc), ERR_PTR(-EINVAL));

	desc = (struct kunit_pci_func_desc) { .msix = { .vectors = 1, .pba_bir = 6 } };
	KUNIT_EXPECT_PTR_EQ(test, kunit_pci_func_add(ctx->host, &desc), ERR_PTR(-EINVAL));

	desc = (struct kunit_pci_func_desc) { .caps = &too_big, .num_caps = 1 };
	KUNIT_EXPECT_PTR_EQ(test, kunit_pci_func_add(ctx->host, &desc), ERR_PTR(-ENOSPC));
}

static int pci_test_driver_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	atomic_inc((atomic_t *)id->driver_data);

	return pcim_enable_device(pdev);
}

static struct pci_driver *pci_test_driver(struct kunit *test, atomic_t *probes)
{
	struct pci_device_id *ids;
	struct pci_driver *drv;

	drv = kunit_kzalloc(test, sizeof(*drv), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, drv);
	ids = kunit_kcalloc(test, 2, sizeof(*ids), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ids);

	ids[0] = (struct pci_device_id) {
		PCI_DEVICE(TEST_VENDOR, TEST_DEVICE),
		.driver_data = (kernel_ulong_t)probes,
	};
	drv->name = "kunit-pci";
	drv->id_table = ids;
	drv->probe = pci_test_driver_probe;

	return drv;
}

/* Drivers bind: one that was there first, and to a device that comes back. */
static void pci_test_driver_bind(struct kunit *test)
{
	atomic_t probes = ATOMIC_INIT(0);
	struct pci_test *ctx = test->priv;
	struct pci_driver *drv;
	struct pci_dev *pdev;

	drv = pci_test_driver(test, &probes);
	KUNIT_ASSERT_EQ(test, kunit_pci_register_driver(test, drv), 0);

	pdev = pci_test_probe(test);
	KUNIT_EXPECT_EQ(test, atomic_read(&probes), 1);
	KUNIT_EXPECT_PTR_EQ(test, pci_dev_driver(pdev), drv);
	KUNIT_EXPECT_TRUE(test, pci_is_enabled(pdev));

	KUNIT_EXPECT_EQ(test, kunit_pci_func_remove(ctx->func), 0);
	kunit_pci_host_rescan(ctx->host);
	KUNIT_EXPECT_EQ(test, atomic_read(&probes), 2);
}

/* Drivers bind: one that came after the device. */
static void pci_test_driver_late(struct kunit *test)
{
	struct pci_dev *pdev = pci_test_probe(test);
	atomic_t probes = ATOMIC_INIT(0);
	struct pci_driver *drv;

	KUNIT_EXPECT_NULL(test, pci_dev_driver(pdev));
	drv = pci_test_driver(test, &probes);
	KUNIT_ASSERT_EQ(test, kunit_pci_register_driver(test, drv), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&probes), 1);
	KUNIT_EXPECT_PTR_EQ(test, pci_dev_driver(pdev), drv);
}

/* When a test completes, nothing of its host bridge is left in the system. */
static void pci_test_cleans_up(struct kunit *test)
{
	struct kunit_pci_host *host;
	struct kunit_pci_func *func;
	struct device *bridge;
	resource_size_t start;
	struct pci_dev *pdev;
	struct kunit fake;
	int domain, busnr;

	kunit_init_test(&fake, "kunit_pci_cleans_up_fake_test", NULL);
	KUNIT_ASSERT_EQ(test, fake.status, KUNIT_SUCCESS);

	host = kunit_pci_host_create(&fake);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, host);
	func = kunit_pci_func_add(host, &test_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, func);
	KUNIT_ASSERT_EQ(test, kunit_pci_host_probe(host), 0);
	pdev = kunit_pci_func_get_dev(&fake, func);
	KUNIT_ASSERT_NOT_NULL(test, pdev);

	domain = pci_domain_nr(pdev->bus);
	busnr = pdev->bus->number;
	start = pci_resource_start(pdev, 0);
	KUNIT_EXPECT_NOT_NULL(test, pci_find_bus(domain, busnr));
	bridge = get_device(pdev->bus->bridge);

	kunit_cleanup(&fake);

	KUNIT_EXPECT_NULL(test, pci_find_bus(domain, busnr));
	KUNIT_EXPECT_NULL(test, pci_get_domain_bus_and_slot(domain, busnr, test_desc.devfn));
	KUNIT_EXPECT_EQ(test, region_intersects(start, SZ_16K, IORESOURCE_MEM,
						IORES_DESC_NONE), REGION_DISJOINT);
	/* The bus and its devices hold references on the bridge: all are gone */
	KUNIT_EXPECT_EQ(test, kref_read(&bridge->kobj.kref), 1);
	put_device(bridge);
}

/* A host bridge that was never enumerated is cleaned up, too. */
static void pci_test_cleans_up_not_probed(struct kunit *test)
{
	struct kunit_pci_host *host;
	struct kunit_pci_func *func;
	struct kunit fake;

	kunit_init_test(&fake, "kunit_pci_cleans_up_fake_test", NULL);
	host = kunit_pci_host_create(&fake);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, host);
	func = kunit_pci_func_add(host, &test_desc);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, func);

	kunit_cleanup(&fake);
}

static struct kunit_case kunit_pci_test_cases[] = {
	KUNIT_CASE(pci_test_not_probed),
	KUNIT_CASE(pci_test_probe_twice),
	KUNIT_CASE(pci_test_identity),
	KUNIT_CASE(pci_test_caps),
	KUNIT_CASE(pci_test_no_pcie),
	KUNIT_CASE(pci_test_bars),
	KUNIT_CASE(pci_test_window_claimed),
	KUNIT_CASE(pci_test_config_write),
	KUNIT_CASE(pci_test_config_set),
	KUNIT_CASE(pci_test_hook_access),
	KUNIT_CASE(pci_test_flr),
	KUNIT_CASE(pci_test_no_flr),
	KUNIT_CASE(pci_test_multifunction),
	KUNIT_CASE(pci_test_hot_add),
	KUNIT_CASE(pci_test_remove_rescan),
	KUNIT_CASE(pci_test_vanish),
	KUNIT_CASE(pci_test_two_hosts),
	KUNIT_CASE(pci_test_bad_desc),
	KUNIT_CASE(pci_test_driver_bind),
	KUNIT_CASE(pci_test_driver_late),
	KUNIT_CASE(pci_test_cleans_up),
	KUNIT_CASE(pci_test_cleans_up_not_probed),
	{}
};

static struct kunit_suite kunit_pci_suite = {
	.name = "kunit_pci",
	.init = pci_test_init,
	.test_cases = kunit_pci_test_cases,
};

kunit_test_suite(kunit_pci_suite);

MODULE_DESCRIPTION("KUnit test for KUnit-managed software PCI host bridges and functions");
MODULE_LICENSE("GPL");
