// SPDX-License-Identifier: GPL-2.0
/*
 * Many functions at once: how long it takes until all of them are in RUN, if each
 * operation of the TSM takes 100 ms. Beside it, in the same run, the same number of
 * functions with the same latency are connected by a TSM of the host's side. Prints
 * one line for each number of functions, and asserts nothing about time.
 *
 * Also what an ordinary function costs while a TSM is there; what it costs without one,
 * with and without this series, is printed by lib/kunit/pci-bench.c.
 */

#include <kunit/pci.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/tsm.h>
#include "../../pci.h"
#include "fake.h"

#define LATENCY_MS	100
/* Device numbers of a bus */
#define PER_HOST	32
#define MAX_FUNCTIONS	256

struct bench {
	struct fake_tsm *tsm;
	unsigned int nr;
	struct task_struct *task[MAX_FUNCTIONS];
	atomic_t failed;
	atomic_t running;
	struct completion done;
	int (*attach)(struct bench *bench, struct fake_dev *dev);
	struct tsm_dev *link;
};

struct job {
	struct bench *bench;
	struct fake_dev *dev;
};

static const unsigned int numbers[] = { 1, 4, 16, 64, 256 };

static void number_desc(const unsigned int *nr, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u functions", *nr);
}

KUNIT_ARRAY_PARAM(number, numbers, number_desc);

static int job_run(void *data)
{
	struct job *job = data;
	struct bench *bench = job->bench;

	if (bench->attach(bench, job->dev))
		atomic_inc(&bench->failed);
	if (atomic_dec_and_test(&bench->running))
		complete(&bench->done);
	return 0;
}

/* All functions, each in a task of its own; in milliseconds */
static s64 bench_attach(struct kunit *test, struct bench *bench)
{
	struct job *job = kunit_kcalloc(test, bench->nr, sizeof(*job), GFP_KERNEL);
	ktime_t start;

	KUNIT_ASSERT_NOT_NULL(test, job);
	atomic_set(&bench->running, bench->nr);
	init_completion(&bench->done);

	for (unsigned int i = 0; i < bench->nr; i++) {
		job[i].bench = bench;
		job[i].dev = &bench->tsm->pool[i];
		bench->task[i] = kthread_create(job_run, &job[i], "bench-%u", i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(bench->task[i]));
	}

	start = ktime_get();
	for (unsigned int i = 0; i < bench->nr; i++)
		wake_up_process(bench->task[i]);
	wait_for_completion(&bench->done);
	return ktime_ms_delta(ktime_get(), start);
}

static int attach_guest(struct bench *bench, struct fake_dev *dev)
{
	int rc = fake_lock(bench->tsm, dev);

	return rc ?: fake_accept(dev) != 1;
}

static ssize_t link_write(struct bench *bench, struct fake_dev *dev, const char *name)
{
	struct device_attribute *attr = NULL;
	char buf[16];

	for (struct attribute **a = pci_tsm_attr_group.attrs; *a && !attr; a++) {
		if (!strcmp((*a)->name, name))
			attr = container_of(*a, struct device_attribute, attr);
	}
	if (!attr)
		return -ENOENT;

	snprintf(buf, sizeof(buf), "%s\n", dev_name(&bench->link->dev));
	return attr->store(&dev->pdev->dev, attr, buf, strlen(buf));
}

/* What a write to tsm/connect does */
static int attach_link(struct bench *bench, struct fake_dev *dev)
{
	return link_write(bench, dev, "connect") < 0;
}

static struct pci_tsm *link_probe(struct tsm_dev *tsm_dev, struct pci_dev *pdev)
{
	struct pci_tsm_pf0 *pf0 = kzalloc_obj(*pf0);

	if (!pf0)
		return NULL;

	mutex_init(&pf0->lock);
	pf0->base_tsm.pdev = pdev;
	pf0->base_tsm.dsm_dev = pdev;
	pf0->base_tsm.tsm_dev = tsm_dev;
	return &pf0->base_tsm;
}

static void link_remove(struct pci_tsm *tsm)
{
	kfree(container_of(tsm, struct pci_tsm_pf0, base_tsm));
}

static int link_connect(struct pci_dev *pdev)
{
	msleep(LATENCY_MS);
	return 0;
}

static void link_disconnect(struct pci_dev *pdev)
{
}

static struct pci_tsm_ops link_ops = {
	.link_ops = {
		.probe = link_probe,
		.remove = link_remove,
		.connect = link_connect,
		.disconnect = link_disconnect,
	},
};

static void bench_functions(struct kunit *test, struct bench *bench, unsigned int nr)
{
	struct fake_tsm *tsm = fake_tsm_create_for(test, nr);

	bench->tsm = tsm;
	bench->nr = nr;
	for (unsigned int i = 0; i < nr; i++) {
		if (i && !(i % PER_HOST)) {
			KUNIT_ASSERT_EQ(test, 0, kunit_pci_host_probe(tsm->host));
			tsm->host = kunit_pci_host_create(test);
			KUNIT_ASSERT_NOT_ERR_OR_NULL(test, tsm->host);
		}
		fake_dev_add(tsm, i % PER_HOST, PCI_EXP_DEVCAP_TEE);
	}
	/* The last host, and all functions */
	fake_tsm_probe(tsm);
}

static void bench_many(struct kunit *test)
{
	unsigned int nr = *(const unsigned int *)test->param_value;
	struct bench *bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);
	s64 guest_ms, link_ms;

	KUNIT_ASSERT_NOT_NULL(test, bench);
	bench_functions(test, bench, nr);

	fake_tsm_register(bench->tsm);
	bench->tsm->latency_ms = LATENCY_MS;
	bench->attach = attach_guest;
	guest_ms = bench_attach(test, bench);
	bench->tsm->latency_ms = 0;
	for (unsigned int i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ(test, bench->tsm->pool[i].state, PCI_TSM_RUN);
	fake_tsm_unregister(bench->tsm);

	bench->link = tsm_register(bench->tsm->parent, &link_ops);
	KUNIT_ASSERT_FALSE(test, IS_ERR(bench->link));
	bench->attach = attach_link;
	link_ms = bench_attach(test, bench);
	for (unsigned int i = 0; i < nr; i++)
		KUNIT_EXPECT_GT(test, link_write(bench, &bench->tsm->pool[i],
						 "disconnect"), 0);
	tsm_unregister(bench->link);

	KUNIT_EXPECT_EQ(test, atomic_read(&bench->failed), 0);
	kunit_info(test, "bench: functions %u attach_ms %lld at_once %u link_ms %lld\n",
		   nr, guest_ms, bench->tsm->inside_max, link_ms);
}

static void bench_memory(struct kunit *test)
{
	kunit_info(test, "bench: bytes_per_function %zu bytes_per_other %zu\n",
		   sizeof(struct pci_tsm_fn), sizeof_field(struct pci_dev, tsm_fn));
}

static struct kunit_case bench_test_cases[] = {
	KUNIT_CASE_PARAM_ATTR(bench_many, number_gen_params,
			      { .speed = KUNIT_SPEED_VERY_SLOW }),
	KUNIT_CASE(bench_memory),
	{}
};

static struct kunit_suite bench_test_suite = {
	.name = "pci_tsm_bench",
	.test_cases = bench_test_cases,
};

/* Where functions can be locked; this one cannot */
static void bench_beside_tsm(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);

	fake_tsm_register(tsm);
	kunit_pci_bench_function(test, "tsm");
}

static struct kunit_case plain_test_cases[] = {
	KUNIT_CASE_SLOW(bench_beside_tsm),
	{}
};

static struct kunit_suite plain_test_suite = {
	.name = "pci_bench_tsm",
	.test_cases = plain_test_cases,
};

kunit_test_suites(&bench_test_suite, &plain_test_suite);

MODULE_DESCRIPTION("Times of PCI/TSM operations on many functions at once");
MODULE_LICENSE("GPL");
