// SPDX-License-Identifier: GPL-2.0
/*
 * What the PCI core costs for ordinary functions: writes to configuration space, a
 * driver that comes and goes, and the enumeration of 4,096 functions. Prints a line for
 * each round of each of them, and asserts nothing about time.
 *
 * Meant to compare two kernels. In QEMU with "-icount shift=0" a nanosecond is one
 * instruction, and two runs hardly differ; elsewhere it is time, and they do.
 */

#include <linux/device.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/printk.h>
#include <linux/sizes.h>

#include <kunit/pci.h>
#include <kunit/test.h>

/* No driver of the kernel asks for this one */
#define BENCH_VENDOR	0x1b36
#define BENCH_DEVICE	0x5afe

#define ROUNDS		9
#define WRITES		10000
#define BINDS		100
#define HOSTS		16
#define FUNCTIONS	256

static const struct kunit_pci_func_desc bench_desc = {
	.vendor = BENCH_VENDOR,
	.device = BENCH_DEVICE,
	.class = 0xff0000,
	.devcap = PCI_EXP_DEVCAP_FLR,
	.bars = { [0] = { .size = SZ_16K } },
	.msix = { .vectors = 4, .pba_offset = SZ_8K },
};

static void bench_print(struct kunit *test, const char *what, const char *when,
			unsigned int count, u64 ns)
{
	kunit_info(test, "bench: %s %s count %u ns %llu\n", what, when, count, ns);
}

static u64 bench_write_kernel(struct pci_dev *pdev)
{
	u64 start = ktime_get_ns();

	for (unsigned int i = 0; i < WRITES; i++)
		pci_write_config_dword(pdev, PCI_BASE_ADDRESS_5, i);
	return ktime_get_ns() - start;
}

/* As sysfs and /proc write it */
static u64 bench_write_user(struct pci_dev *pdev)
{
	u64 start = ktime_get_ns();

	for (unsigned int i = 0; i < WRITES; i++)
		pci_user_write_config_dword(pdev, PCI_BASE_ADDRESS_5, i);
	return ktime_get_ns() - start;
}

/* The calls that nearly all drivers make, and nothing of their own */
static int bench_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int ret = pci_enable_device(pdev);

	if (!ret)
		pci_set_master(pdev);
	return ret;
}

static void bench_remove(struct pci_dev *pdev)
{
	pci_disable_device(pdev);
}

static const struct pci_device_id bench_ids[] = {
	{ PCI_DEVICE(BENCH_VENDOR, BENCH_DEVICE) },
	{}
};

static struct pci_driver bench_driver = {
	.name = "kunit-pci-bench",
	.id_table = bench_ids,
	.probe = bench_probe,
	.remove = bench_remove,
};

static void bench_binds(struct kunit *test, struct pci_dev *pdev, u64 *bind, u64 *unbind)
{
	u64 start, bound;

	*bind = 0;
	*unbind = 0;
	for (unsigned int i = 0; i < BINDS; i++) {
		start = ktime_get_ns();
		KUNIT_ASSERT_EQ(test, device_attach(&pdev->dev), 1);
		bound = ktime_get_ns();
		device_release_driver(&pdev->dev);
		*bind += bound - start;
		*unbind += ktime_get_ns() - bound;
	}
}

/**
 * kunit_pci_bench_function() - print what an ordinary function costs
 * @test: test context
 * @when: a word for the circumstances
 *
 * Context: may sleep.
 */
void kunit_pci_bench_function(struct kunit *test, const char *when)
{
	struct kunit_pci_host *host = kunit_pci_host_create(test);
	struct kunit_pci_func *func;
	struct pci_dev *pdev;
	u64 bind, unbind;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, host);
	func = kunit_pci_func_add(host, &bench_desc);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, func);
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_host_probe(host));
	pdev = kunit_pci_func_get_dev(test, func);
	KUNIT_ASSERT_NOT_NULL(test, pdev);

	for (int i = 0; i < ROUNDS; i++) {
		bench_print(test, "write", when, WRITES, bench_write_kernel(pdev));
		bench_print(test, "user-write", when, WRITES, bench_write_user(pdev));
	}

	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &bench_driver));
	device_release_driver(&pdev->dev);
	for (int i = 0; i < ROUNDS; i++) {
		bench_binds(test, pdev, &bind, &unbind);
		bench_print(test, "bind", when, BINDS, bind);
		bench_print(test, "unbind", when, BINDS, unbind);
	}
}
EXPORT_SYMBOL_GPL(kunit_pci_bench_function);

static void bench_function(struct kunit *test)
{
	kunit_pci_bench_function(test, "plain");
}

static const int rounds[] = { 1, 2, 3, 4, 5 };

static void round_desc(const int *round, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "round %d", *round);
}

KUNIT_ARRAY_PARAM(round, rounds, round_desc);

/* Each round has host bridges of its own: all is removed at the end of a test */
static void bench_enumerate(struct kunit *test)
{
	struct kunit_pci_func_desc desc = bench_desc;
	struct kunit_pci_host *host[HOSTS];
	int level = console_loglevel;
	int failed = 0;
	u64 start;

	for (int i = 0; i < HOSTS; i++) {
		host[i] = kunit_pci_host_create(test);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, host[i]);
		for (desc.devfn = 0; desc.devfn < FUNCTIONS; desc.devfn++)
			KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kunit_pci_func_add(host[i], &desc));
	}

	/* Each function has lines in the log, and a console is slow */
	console_loglevel = CONSOLE_LOGLEVEL_SILENT;
	start = ktime_get_ns();
	for (int i = 0; i < HOSTS; i++)
		failed += !!kunit_pci_host_probe(host[i]);
	start = ktime_get_ns() - start;
	console_loglevel = level;

	KUNIT_EXPECT_EQ(test, failed, 0);
	bench_print(test, "enumerate", "plain", HOSTS * FUNCTIONS, start);
}

static struct kunit_case bench_test_cases[] = {
	KUNIT_CASE_SLOW(bench_function),
	KUNIT_CASE_PARAM_ATTR(bench_enumerate, round_gen_params,
			      { .speed = KUNIT_SPEED_VERY_SLOW }),
	{}
};

static struct kunit_suite bench_test_suite = {
	.name = "pci_bench",
	.test_cases = bench_test_cases,
};

kunit_test_suite(bench_test_suite);

MODULE_DESCRIPTION("What the PCI core costs for ordinary functions");
MODULE_LICENSE("GPL");
