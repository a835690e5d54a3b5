// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test for DEV_FLAG_NO_AUTOPROBE: every path on which the driver core
 * binds a driver by itself leaves the device alone, an explicit bind works.
 */

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/kernfs.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include <kunit/resource.h>
#include <kunit/test.h>

#include "../base.h"

#define TEST_DRIVER	"no-autoprobe-driver"
#define OTHER_DRIVER	"no-autoprobe-other"

#define TEST_TIMEOUT	(5 * HZ)

struct test_dev {
	struct device dev;
	const char *driver;
	int probe_ret;
	atomic_t probes;
};

static struct test_dev *to_test_dev(struct device *dev)
{
	return container_of(dev, struct test_dev, dev);
}

static int test_bus_match(struct device *dev, const struct device_driver *drv)
{
	int ret = device_match_driver_override(dev, drv);

	return ret >= 0 ? ret : !strcmp(to_test_dev(dev)->driver, drv->name);
}

static int test_bus_probe(struct device *dev)
{
	struct test_dev *tdev = to_test_dev(dev);

	atomic_inc(&tdev->probes);

	return tdev->probe_ret;
}

static const struct bus_type test_bus_type = {
	.name = "no-autoprobe",
	.match = test_bus_match,
	.probe = test_bus_probe,
	.driver_override = true,
};

KUNIT_DEFINE_ACTION_WRAPPER(bus_unregister_wrapper, bus_unregister,
			    const struct bus_type *);
KUNIT_DEFINE_ACTION_WRAPPER(root_device_unregister_wrapper,
			    root_device_unregister, struct device *);
KUNIT_DEFINE_ACTION_WRAPPER(driver_unregister_wrapper, driver_unregister,
			    struct device_driver *);
KUNIT_DEFINE_ACTION_WRAPPER(device_unregister_wrapper, device_unregister,
			    struct device *);

static int no_autoprobe_init(struct kunit *test)
{
	struct device *parent;

	KUNIT_ASSERT_EQ(test, bus_register(&test_bus_type), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, bus_unregister_wrapper,
							(void *)&test_bus_type), 0);

	parent = root_device_register("no-autoprobe-parent");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, parent);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, root_device_unregister_wrapper,
							parent), 0);
	test->priv = parent;

	return 0;
}

static void test_dev_release(struct device *dev)
{
	kfree(to_test_dev(dev));
}

/* A probe of such a device can be held up by the lock of its parent */
static const struct device_type test_dev_type = {
	.name = "no-autoprobe",
	.need_parent_lock = true,
};

static struct test_dev *test_dev_alloc(struct kunit *test, const char *name,
				       const char *driver)
{
	struct test_dev *tdev;

	tdev = kzalloc_obj(*tdev);
	KUNIT_ASSERT_NOT_NULL(test, tdev);
	tdev->driver = driver;
	device_initialize(&tdev->dev);
	tdev->dev.bus = &test_bus_type;
	tdev->dev.parent = test->priv;
	tdev->dev.type = &test_dev_type;
	tdev->dev.release = test_dev_release;
	dev_set_name(&tdev->dev, name);

	return tdev;
}

static void test_dev_register(struct kunit *test, struct test_dev *tdev)
{
	int ret;

	ret = device_add(&tdev->dev);
	if (ret)
		put_device(&tdev->dev);
	KUNIT_ASSERT_EQ(test, ret, 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, device_unregister_wrapper,
							&tdev->dev), 0);
}

/* Register a device for TEST_DRIVER that is not to be probed automatically */
static struct test_dev *test_dev_held(struct kunit *test)
{
	struct test_dev *tdev = test_dev_alloc(test, "held", TEST_DRIVER);

	dev_set_no_autoprobe(&tdev->dev);
	test_dev_register(test, tdev);

	return tdev;
}

/* Register a device that is probed as ever */
static struct test_dev *test_dev_plain(struct kunit *test, const char *driver)
{
	struct test_dev *tdev = test_dev_alloc(test, "plain", driver);

	test_dev_register(test, tdev);

	return tdev;
}

static struct device_driver *test_driver_alloc(struct kunit *test, const char *name,
					       enum probe_type probe_type)
{
	struct device_driver *drv;

	drv = kunit_kzalloc(test, sizeof(*drv), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, drv);
	drv->name = name;
	drv->bus = &test_bus_type;
	drv->probe_type = probe_type;

	return drv;
}

static struct device_driver *test_driver_add(struct kunit *test, const char *name,
					     enum probe_type probe_type)
{
	struct device_driver *drv = test_driver_alloc(test, name, probe_type);

	KUNIT_ASSERT_EQ(test, driver_register(drv), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, driver_unregister_wrapper,
							drv), 0);

	return drv;
}

static struct device_driver *test_driver_add_sync(struct kunit *test, const char *name)
{
	return test_driver_add(test, name, PROBE_FORCE_SYNCHRONOUS);
}

static struct device_driver *test_driver_add_async(struct kunit *test, const char *name)
{
	return test_driver_add(test, name, PROBE_PREFER_ASYNCHRONOUS);
}

static void test_dev_set_no_autoprobe(struct test_dev *tdev, bool val)
{
	guard(device)(&tdev->dev);
	dev_assign_no_autoprobe(&tdev->dev, val);
}

static struct device_driver *test_dev_driver(struct test_dev *tdev)
{
	guard(device)(&tdev->dev);
	return tdev->dev.driver;
}

static void expect_bound(struct kunit *test, struct test_dev *tdev,
			 struct device_driver *drv)
{
	KUNIT_EXPECT_PTR_EQ(test, test_dev_driver(tdev), drv);
	KUNIT_EXPECT_GT(test, atomic_read(&tdev->probes), 0);
}

static void expect_never_probed(struct kunit *test, struct test_dev *tdev)
{
	KUNIT_EXPECT_NULL(test, test_dev_driver(tdev));
	KUNIT_EXPECT_EQ(test, atomic_read(&tdev->probes), 0);
}

/* Write to an attribute as sysfs does */
static ssize_t test_sysfs_store(struct kunit *test, struct kobject *kobj,
				const char *name, const char *buf)
{
	struct kernfs_node *kn;
	struct attribute *attr;

	kn = kernfs_find_and_get(kobj->sd, name);
	KUNIT_ASSERT_NOT_NULL(test, kn);
	attr = kn->priv;
	kernfs_put(kn);

	return kobj->ktype->sysfs_ops->store(kobj, attr, buf, strlen(buf));
}

static ssize_t test_drivers_probe(struct kunit *test, struct test_dev *tdev)
{
	return test_sysfs_store(test, &bus_get_kset(&test_bus_type)->kobj,
				"drivers_probe", dev_name(&tdev->dev));
}

static ssize_t test_bind(struct kunit *test, struct device_driver *drv,
			 struct test_dev *tdev)
{
	return test_sysfs_store(test, &drv->p->kobj, "bind", dev_name(&tdev->dev));
}

/* A device that is added is not probed. */
static void no_autoprobe_device_add_test(struct kunit *test)
{
	struct device_driver *drv = test_driver_add_sync(test, TEST_DRIVER);

	expect_never_probed(test, test_dev_held(test));
	expect_bound(test, test_dev_plain(test, TEST_DRIVER), drv);
}

/* A driver that is registered does not get the device. */
static void no_autoprobe_driver_register_test(struct kunit *test)
{
	struct test_dev *held = test_dev_held(test);
	struct test_dev *plain = test_dev_plain(test, TEST_DRIVER);
	struct device_driver *drv = test_driver_add_sync(test, TEST_DRIVER);

	expect_never_probed(test, held);
	expect_bound(test, plain, drv);
}

struct test_work {
	struct work_struct work;
	struct completion done;
	struct device_driver *drv;
	int ret;
};

static void test_driver_register_work(struct work_struct *work)
{
	struct test_work *twork = container_of(work, struct test_work, work);

	twork->ret = driver_register(twork->drv);
	complete(&twork->done);
}

static void test_rescan_work(struct work_struct *work)
{
	struct test_work *twork = container_of(work, struct test_work, work);

	twork->ret = bus_rescan_devices(&test_bus_type);
	complete(&twork->done);
}

/* Return: whether @fn returned while @tdev was locked */
static bool test_run_while_locked(struct test_dev *tdev, struct test_work *twork,
				  work_func_t fn)
{
	unsigned long left;

	init_completion(&twork->done);
	INIT_WORK_ONSTACK(&twork->work, fn);

	device_lock(&tdev->dev);
	queue_work(system_dfl_wq, &twork->work);
	left = wait_for_completion_timeout(&twork->done, TEST_TIMEOUT);
	device_unlock(&tdev->dev);

	flush_work(&twork->work);
	destroy_work_on_stack(&twork->work);

	return left;
}

/* Registering a driver does not wait for the lock of the device. */
static void no_autoprobe_driver_register_no_wait_test(struct kunit *test)
{
	static const enum probe_type types[] = {
		PROBE_FORCE_SYNCHRONOUS, PROBE_PREFER_ASYNCHRONOUS,
	};
	struct test_dev *held = test_dev_held(test);

	for (int i = 0; i < ARRAY_SIZE(types); i++) {
		struct test_work twork = {
			.drv = test_driver_alloc(test, TEST_DRIVER, types[i]),
		};

		KUNIT_EXPECT_TRUE(test, test_run_while_locked(held, &twork,
							      test_driver_register_work));
		KUNIT_ASSERT_EQ(test, twork.ret, 0);
		driver_unregister(twork.drv);
	}

	expect_never_probed(test, held);
}

/* A rescan of the bus does not wait for the lock of the device. */
static void no_autoprobe_rescan_no_wait_test(struct kunit *test)
{
	struct test_dev *held = test_dev_held(test);
	struct test_work twork = {};

	test_driver_add_sync(test, TEST_DRIVER);
	KUNIT_EXPECT_TRUE(test, test_run_while_locked(held, &twork, test_rescan_work));
	KUNIT_EXPECT_EQ(test, twork.ret, 0);
	expect_never_probed(test, held);
}

/* A device whose probe was deferred before the flag was set is not retried. */
static void no_autoprobe_deferred_test(struct kunit *test)
{
	struct test_dev *held = test_dev_alloc(test, "held", TEST_DRIVER);
	struct test_dev *plain = test_dev_alloc(test, "plain", TEST_DRIVER);
	struct test_dev *other = test_dev_alloc(test, "other", OTHER_DRIVER);
	struct device_driver *drv = test_driver_add_sync(test, TEST_DRIVER);
	int probes;

	held->probe_ret = -EPROBE_DEFER;
	test_dev_register(test, held);
	plain->probe_ret = -EPROBE_DEFER;
	test_dev_register(test, plain);
	test_dev_register(test, other);
	wait_for_device_probe();
	KUNIT_EXPECT_GT(test, atomic_read(&held->probes), 0);
	KUNIT_EXPECT_GT(test, atomic_read(&plain->probes), 0);

	test_dev_set_no_autoprobe(held, true);
	probes = atomic_read(&held->probes);
	held->probe_ret = 0;
	plain->probe_ret = 0;

	/* A device that is bound has deferred probes retried */
	test_driver_add_sync(test, OTHER_DRIVER);
	wait_for_device_probe();
	expect_bound(test, plain, drv);
	KUNIT_EXPECT_EQ(test, atomic_read(&held->probes), probes);
	KUNIT_EXPECT_NULL(test, test_dev_driver(held));

	test_dev_set_no_autoprobe(held, false);
	device_initial_probe(&held->dev);
	expect_bound(test, held, drv);
}

/* A device that is added is not probed asynchronously. */
static void no_autoprobe_async_device_add_test(struct kunit *test)
{
	struct device_driver *drv = test_driver_add_async(test, TEST_DRIVER);
	struct test_dev *held = test_dev_held(test);
	struct test_dev *plain = test_dev_plain(test, TEST_DRIVER);

	wait_for_device_probe();
	expect_never_probed(test, held);
	expect_bound(test, plain, drv);
}

/* A driver that is registered and probes asynchronously does not get it. */
static void no_autoprobe_async_driver_register_test(struct kunit *test)
{
	struct test_dev *held = test_dev_held(test);
	struct test_dev *plain = test_dev_plain(test, TEST_DRIVER);
	struct device_driver *drv = test_driver_add_async(test, TEST_DRIVER);

	wait_for_device_probe();
	expect_never_probed(test, held);
	expect_bound(test, plain, drv);
}

/* A device that was added and waits for its asynchronous probe is not probed. */
static void no_autoprobe_async_device_pending_test(struct kunit *test)
{
	struct test_dev *held = test_dev_alloc(test, "held", TEST_DRIVER);
	struct test_dev *plain = test_dev_alloc(test, "plain", TEST_DRIVER);
	struct device_driver *drv = test_driver_add_async(test, TEST_DRIVER);
	struct device *parent = test->priv;

	device_lock(parent);
	test_dev_register(test, held);
	test_dev_register(test, plain);
	test_dev_set_no_autoprobe(held, true);
	device_unlock(parent);

	wait_for_device_probe();
	expect_never_probed(test, held);
	expect_bound(test, plain, drv);
}

/* Neither is one that waits since its driver was registered. */
static void no_autoprobe_async_driver_pending_test(struct kunit *test)
{
	struct test_dev *held = test_dev_alloc(test, "held", TEST_DRIVER);
	struct test_dev *plain = test_dev_alloc(test, "plain", TEST_DRIVER);
	struct device *parent = test->priv;
	struct device_driver *drv;

	test_dev_register(test, held);
	test_dev_register(test, plain);

	device_lock(parent);
	drv = test_driver_add_async(test, TEST_DRIVER);
	test_dev_set_no_autoprobe(held, true);
	device_unlock(parent);

	wait_for_device_probe();
	expect_never_probed(test, held);
	expect_bound(test, plain, drv);
}

/* A driver that waits for the lock does not get a device held meanwhile. */
static void no_autoprobe_driver_register_race_test(struct kunit *test)
{
	struct test_dev *held = test_dev_alloc(test, "held", TEST_DRIVER);
	struct test_work twork = {
		.drv = test_driver_alloc(test, TEST_DRIVER, PROBE_FORCE_SYNCHRONOUS),
	};

	test_dev_register(test, held);

	init_completion(&twork.done);
	INIT_WORK_ONSTACK(&twork.work, test_driver_register_work);
	device_lock(&held->dev);
	queue_work(system_dfl_wq, &twork.work);
	/* It cannot be seen waiting: give it the time to get there */
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&twork.done, HZ / 10), 0);
	dev_set_no_autoprobe(&held->dev);
	device_unlock(&held->dev);

	flush_work(&twork.work);
	destroy_work_on_stack(&twork.work);
	KUNIT_ASSERT_EQ(test, twork.ret, 0);
	expect_never_probed(test, held);
	driver_unregister(twork.drv);
}

/* A rescan of the bus, and a reprobe, find no driver. */
static void no_autoprobe_rescan_test(struct kunit *test)
{
	struct test_dev *held = test_dev_held(test);

	test_driver_add_sync(test, TEST_DRIVER);
	KUNIT_EXPECT_EQ(test, bus_rescan_devices(&test_bus_type), 0);
	expect_never_probed(test, held);
	KUNIT_EXPECT_EQ(test, device_reprobe(&held->dev), 0);
	expect_never_probed(test, held);
}

/* device_attach() finds no driver, but sees one that is bound. */
static void no_autoprobe_device_attach_test(struct kunit *test)
{
	struct test_dev *held = test_dev_held(test);
	struct device_driver *drv = test_driver_add_sync(test, TEST_DRIVER);

	KUNIT_EXPECT_EQ(test, device_attach(&held->dev), 0);
	expect_never_probed(test, held);

	KUNIT_EXPECT_EQ(test, device_driver_attach(drv, &held->dev), 0);
	KUNIT_EXPECT_EQ(test, device_attach(&held->dev), 1);
	expect_bound(test, held, drv);
}

/* A driver that gets a new ID looks for devices, and does not get this one. */
static void no_autoprobe_driver_attach_test(struct kunit *test)
{
	struct test_dev *held = test_dev_alloc(test, "held", "");
	struct test_dev *plain = test_dev_alloc(test, "plain", "");
	struct device_driver *drv = test_driver_add_sync(test, TEST_DRIVER);

	dev_set_no_autoprobe(&held->dev);
	test_dev_register(test, held);
	test_dev_register(test, plain);
	expect_never_probed(test, plain);

	held->driver = TEST_DRIVER;
	plain->driver = TEST_DRIVER;
	KUNIT_EXPECT_EQ(test, driver_attach(drv), 0);
	expect_never_probed(test, held);
	expect_bound(test, plain, drv);
}

/* The drivers_probe attribute finds no driver. */
static void no_autoprobe_drivers_probe_test(struct kunit *test)
{
	struct test_dev *held = test_dev_held(test);
	struct test_dev *plain = test_dev_plain(test, OTHER_DRIVER);
	struct device_driver *drv = test_driver_add_sync(test, TEST_DRIVER);

	KUNIT_EXPECT_GT(test, test_drivers_probe(test, held), 0);
	expect_never_probed(test, held);

	plain->driver = TEST_DRIVER;
	KUNIT_EXPECT_GT(test, test_drivers_probe(test, plain), 0);
	expect_bound(test, plain, drv);
}

/* A driver_override does not let the driver have the device. */
static void no_autoprobe_driver_override_test(struct kunit *test)
{
	struct test_dev *held = test_dev_held(test);
	struct test_dev *plain = test_dev_plain(test, TEST_DRIVER);
	struct device_driver *drv;

	KUNIT_ASSERT_EQ(test, device_set_driver_override(&held->dev, OTHER_DRIVER), 0);
	KUNIT_ASSERT_EQ(test, device_set_driver_override(&plain->dev, OTHER_DRIVER), 0);
	drv = test_driver_add_sync(test, OTHER_DRIVER);
	expect_bound(test, plain, drv);
	expect_never_probed(test, held);
	KUNIT_EXPECT_GT(test, test_drivers_probe(test, held), 0);
	expect_never_probed(test, held);
}

/* The bind attribute binds the driver, as often as it is asked to. */
static void no_autoprobe_bind_test(struct kunit *test)
{
	struct test_dev *held = test_dev_held(test);
	struct device_driver *drv = test_driver_add_sync(test, TEST_DRIVER);

	expect_never_probed(test, held);
	for (int i = 0; i < 2; i++) {
		KUNIT_EXPECT_GT(test, test_bind(test, drv, held), 0);
		expect_bound(test, held, drv);
		KUNIT_EXPECT_TRUE(test, dev_no_autoprobe(&held->dev));

		device_release_driver(&held->dev);
		KUNIT_EXPECT_NULL(test, test_dev_driver(held));
	}
}

/* A driver that asks for deferral when bound explicitly is not retried. */
static void no_autoprobe_bind_defer_test(struct kunit *test)
{
	struct test_dev *held = test_dev_held(test);
	struct device_driver *drv = test_driver_add_sync(test, TEST_DRIVER);
	int probes;

	held->probe_ret = -EPROBE_DEFER;
	KUNIT_EXPECT_EQ(test, test_bind(test, drv, held), -EAGAIN);
	held->probe_ret = 0;
	probes = atomic_read(&held->probes);

	test_dev_plain(test, TEST_DRIVER);
	wait_for_device_probe();
	KUNIT_EXPECT_EQ(test, atomic_read(&held->probes), probes);
	KUNIT_EXPECT_NULL(test, test_dev_driver(held));
}

/* Setting the flag leaves a bound driver alone, and no other one follows. */
static void no_autoprobe_set_bound_test(struct kunit *test)
{
	struct test_dev *tdev = test_dev_plain(test, TEST_DRIVER);
	struct device_driver *drv = test_driver_add_sync(test, TEST_DRIVER);

	test_dev_set_no_autoprobe(tdev, true);
	expect_bound(test, tdev, drv);

	device_release_driver(&tdev->dev);
	KUNIT_EXPECT_EQ(test, bus_rescan_devices(&test_bus_type), 0);
	KUNIT_EXPECT_NULL(test, test_dev_driver(tdev));
}

/* Clearing the flag binds nothing by itself, device_initial_probe() does. */
static void no_autoprobe_clear_test(struct kunit *test)
{
	struct test_dev *held = test_dev_held(test);
	struct device_driver *drv = test_driver_add_sync(test, TEST_DRIVER);

	test_dev_set_no_autoprobe(held, false);
	expect_never_probed(test, held);

	device_initial_probe(&held->dev);
	expect_bound(test, held, drv);
}

/* The same, for a driver that prefers to probe asynchronously. */
static void no_autoprobe_clear_async_test(struct kunit *test)
{
	struct test_dev *held = test_dev_held(test);
	struct device_driver *drv = test_driver_add_async(test, TEST_DRIVER);

	test_dev_set_no_autoprobe(held, false);
	device_initial_probe(&held->dev);
	wait_for_device_probe();
	expect_bound(test, held, drv);
}

static struct kunit_case no_autoprobe_tests[] = {
	KUNIT_CASE(no_autoprobe_device_add_test),
	KUNIT_CASE(no_autoprobe_driver_register_test),
	KUNIT_CASE(no_autoprobe_driver_register_no_wait_test),
	KUNIT_CASE(no_autoprobe_driver_register_race_test),
	KUNIT_CASE(no_autoprobe_driver_attach_test),
	KUNIT_CASE(no_autoprobe_deferred_test),
	KUNIT_CASE(no_autoprobe_async_device_add_test),
	KUNIT_CASE(no_autoprobe_async_driver_register_test),
	KUNIT_CASE(no_autoprobe_async_device_pending_test),
	KUNIT_CASE(no_autoprobe_async_driver_pending_test),
	KUNIT_CASE(no_autoprobe_rescan_test),
	KUNIT_CASE(no_autoprobe_rescan_no_wait_test),
	KUNIT_CASE(no_autoprobe_device_attach_test),
	KUNIT_CASE(no_autoprobe_drivers_probe_test),
	KUNIT_CASE(no_autoprobe_driver_override_test),
	KUNIT_CASE(no_autoprobe_bind_test),
	KUNIT_CASE(no_autoprobe_bind_defer_test),
	KUNIT_CASE(no_autoprobe_set_bound_test),
	KUNIT_CASE(no_autoprobe_clear_test),
	KUNIT_CASE(no_autoprobe_clear_async_test),
	{}
};

static struct kunit_suite no_autoprobe_test_suite = {
	.name = "no_autoprobe",
	.init = no_autoprobe_init,
	.test_cases = no_autoprobe_tests,
};

kunit_test_suite(no_autoprobe_test_suite);

MODULE_DESCRIPTION("KUnit test for devices that are not probed automatically");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
