// SPDX-License-Identifier: GPL-2.0
/*
 * Test managed software PCI host bridges
 *
 * This is a host controller driver without a controller: config accesses go to
 * the functions of pci-config.c, the windows are address space without memory.
 */

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/idr.h>
#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/numa.h>
#include <linux/pci.h>
#include <linux/pci-ecam.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <kunit/pci.h>
#include <kunit/resource.h>
#include <kunit/test.h>

#include "pci-impl.h"

/*
 * Bus addresses of the two windows. The CPU addresses are others, so that a
 * test notices code that confuses one with the other.
 */
#define KUNIT_PCI_MEM32_BUS	0xc0000000ULL
#define KUNIT_PCI_MEM32_SIZE	SZ_256M
#define KUNIT_PCI_MEM64_BUS	0x5c00000000ULL
#define KUNIT_PCI_MEM64_SIZE	SZ_16G

#define KUNIT_PCI_NUM_FUNCS	256
#define KUNIT_PCI_DEV_FUNCS	8

/* Buses share one domain where the architecture has no PCI domains */
static DEFINE_IDA(kunit_pci_bus_ida);

/*
 * The private part of the struct pci_host_bridge, so that it and the functions
 * live as long as anything can reach the config space.
 */
struct kunit_pci_host {
	struct resource busn;
	struct resource mem32;
	struct resource mem64;
	/* Serialises the addition of functions; they are never taken out */
	struct mutex lock;
	struct kunit_pci_func *funcs[KUNIT_PCI_NUM_FUNCS];
#if defined(CONFIG_X86)
	struct pci_sysdata sysdata;
#elif defined(CONFIG_PCI_DOMAINS_GENERIC)
	/* With ACPI, the architecture looks at ->parent: there is none */
	struct pci_config_window sysdata;
#endif
};

static struct pci_host_bridge *kunit_pci_bridge(struct kunit_pci_host *host)
{
	return pci_host_bridge_from_priv(host);
}

static struct kunit_pci_func *kunit_pci_find(struct pci_bus *bus, unsigned int devfn)
{
	struct kunit_pci_host *host = pci_host_bridge_priv(pci_find_host_bridge(bus));

	/* Pairs with the release in kunit_pci_func_add() */
	return smp_load_acquire(&host->funcs[devfn & (KUNIT_PCI_NUM_FUNCS - 1)]);
}

static int kunit_pci_config_read(struct pci_bus *bus, unsigned int devfn,
				 int where, int size, u32 *val)
{
	kunit_pci_func_read(kunit_pci_find(bus, devfn), where, size, val);

	/* What is not there reads as all-ones, which is not an error on PCI */
	return PCIBIOS_SUCCESSFUL;
}

static int kunit_pci_config_write(struct pci_bus *bus, unsigned int devfn,
				  int where, int size, u32 val)
{
	kunit_pci_func_write(kunit_pci_find(bus, devfn), where, size, val);

	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops kunit_pci_ops = {
	.read = kunit_pci_config_read,
	.write = kunit_pci_config_write,
};

/* A function that shares its device with another says so in its header */
static void kunit_pci_update_multifunction(struct kunit_pci_func **device)
{
	int num = 0;

	for (int i = 0; i < KUNIT_PCI_DEV_FUNCS; i++)
		num += !!device[i];

	for (int i = 0; i < KUNIT_PCI_DEV_FUNCS && num > 1; i++) {
		if (device[i])
			kunit_pci_func_set_multifunction(device[i]);
	}
}

/**
 * kunit_pci_func_add() - Add a function to a software PCI host bridge
 * @host: host bridge
 * @desc: description of the function, not used after return
 *
 * Plug a function into the root bus of @host. If @host has not been probed
 * yet, kunit_pci_host_probe() will find it, otherwise kunit_pci_host_rescan().
 * The function stays plugged in as long as @host exists, unless
 * kunit_pci_func_set_present() says otherwise.
 *
 * Context: may sleep.
 * Return: the function, or an ERR_PTR():
 * * %-EINVAL - the description is malformed
 * * %-EEXIST - there is a function with this number
 * * %-ENOSPC - the capabilities do not fit into config space
 * * %-ENOMEM - out of memory
 */
struct kunit_pci_func *kunit_pci_func_add(struct kunit_pci_host *host,
					  const struct kunit_pci_func_desc *desc)
{
	struct kunit_pci_func *func;

	if (desc->devfn >= KUNIT_PCI_NUM_FUNCS)
		return ERR_PTR(-EINVAL);

	guard(mutex)(&host->lock);

	if (host->funcs[desc->devfn])
		return ERR_PTR(-EEXIST);

	func = kunit_pci_func_alloc(host, desc);
	if (IS_ERR(func))
		return func;

	/* Pairs with the acquire in kunit_pci_find() */
	smp_store_release(&host->funcs[desc->devfn], func);
	kunit_pci_update_multifunction(&host->funcs[PCI_DEVFN(PCI_SLOT(desc->devfn), 0)]);

	return func;
}
EXPORT_SYMBOL_GPL(kunit_pci_func_add);

static struct pci_dev *kunit_pci_func_lookup(struct kunit_pci_func *func)
{
	struct pci_bus *bus = kunit_pci_host_bus(kunit_pci_func_host(func));

	return bus ? pci_get_slot(bus, kunit_pci_func_devfn(func)) : NULL;
}

KUNIT_DEFINE_ACTION_WRAPPER(pci_dev_put_wrapper, pci_dev_put, struct pci_dev *);

/**
 * kunit_pci_func_get_dev() - Look up the PCI device of a function
 * @test: test context
 * @func: function
 *
 * The reference on the device is dropped when the test completes, or earlier
 * by kunit_pci_put_dev().
 *
 * Context: may sleep.
 * Return: the device, NULL if @func was not enumerated or was removed.
 */
struct pci_dev *kunit_pci_func_get_dev(struct kunit *test,
				       struct kunit_pci_func *func)
{
	struct pci_dev *pdev = kunit_pci_func_lookup(func);

	if (pdev && kunit_add_action_or_reset(test, pci_dev_put_wrapper, pdev))
		return NULL;

	return pdev;
}
EXPORT_SYMBOL_GPL(kunit_pci_func_get_dev);

/**
 * kunit_pci_put_dev() - Drop a reference on a PCI device early
 * @test: test context
 * @pdev: device from kunit_pci_func_get_dev()
 *
 * Context: may sleep.
 */
void kunit_pci_put_dev(struct kunit *test, struct pci_dev *pdev)
{
	kunit_release_action(test, pci_dev_put_wrapper, pdev);
}
EXPORT_SYMBOL_GPL(kunit_pci_put_dev);

/**
 * kunit_pci_func_remove() - Remove the PCI device of a function
 * @func: function
 *
 * The driver is released and the device unregistered, as by a write to its
 * "remove" attribute. The function itself is still there: a rescan finds it,
 * unless it was made to vanish by kunit_pci_func_set_present().
 *
 * Context: takes pci_rescan_remove_lock.
 * Return: 0, or %-ENODEV if @func was not enumerated or was removed.
 */
int kunit_pci_func_remove(struct kunit_pci_func *func)
{
	struct pci_dev *pdev __free(pci_dev_put) = kunit_pci_func_lookup(func);

	if (!pdev)
		return -ENODEV;

	pci_stop_and_remove_bus_device_locked(pdev);

	return 0;
}
EXPORT_SYMBOL_GPL(kunit_pci_func_remove);

/* Runs when the last reference on the bus and its devices is gone */
static void kunit_pci_host_release(struct pci_host_bridge *bridge)
{
	struct kunit_pci_host *host = pci_host_bridge_priv(bridge);

	for (int i = 0; i < KUNIT_PCI_NUM_FUNCS; i++)
		kfree(host->funcs[i]);
	if (!IS_ENABLED(CONFIG_PCI_DOMAINS))
		ida_free(&kunit_pci_bus_ida, bridge->busnr);
}

static void kunit_pci_host_destroy(void *context)
{
	struct kunit_pci_host *host = context;
	struct pci_host_bridge *bridge = kunit_pci_bridge(host);

	if (bridge->bus) {
		pci_lock_rescan_remove();
		pci_stop_root_bus(bridge->bus);
		pci_remove_root_bus(bridge->bus);
		pci_unlock_rescan_remove();
	}

	if (host->mem32.parent)
		release_resource(&host->mem32);
	if (host->mem64.parent)
		release_resource(&host->mem64);

	pci_free_host_bridge(bridge);
}

/* A host bridge has a domain of its own, or else a bus number of its own */
static int kunit_pci_host_number(struct pci_host_bridge *bridge)
{
	struct kunit_pci_host *host = pci_host_bridge_priv(bridge);
	int nr;

	if (IS_ENABLED(CONFIG_PCI_DOMAINS)) {
		/* As other emulated domains, above what firmware can assign */
		nr = pci_bus_find_emul_domain_nr(0, 0x10000, INT_MAX);
		if (nr < 0)
			return nr;
		bridge->domain_nr = nr;
#ifdef CONFIG_X86
		host->sysdata.domain = nr;
#endif
		nr = 0;
	} else {
		nr = ida_alloc_range(&kunit_pci_bus_ida, 1, 0xff, GFP_KERNEL);
		if (nr < 0)
			return nr;
	}

	bridge->busnr = nr;
	host->busn = (struct resource)
		DEFINE_RES_NAMED(nr, 1, "KUnit PCI bus", IORESOURCE_BUS);
	pci_add_resource(&bridge->windows, &host->busn);

	return 0;
}

/* Claim a range of CPU addresses that nothing uses as a host bridge window */
static int kunit_pci_host_window(struct pci_host_bridge *bridge,
				 struct resource *res, const char *name,
				 unsigned long flags, u64 bus_addr, u64 size)
{
	resource_size_t min = IS_ENABLED(CONFIG_PHYS_ADDR_T_64BIT) ? SZ_4G : SZ_256M;
	int ret;

	res->name = name;
	res->flags = IORESOURCE_MEM | flags;
	ret = allocate_resource(&iomem_resource, res, size, min, -1, size, NULL, NULL);
	if (ret)
		return ret;

	pci_add_resource_offset(&bridge->windows, res, res->start - bus_addr);

	return 0;
}

/**
 * kunit_pci_host_create() - Create a test managed software PCI host bridge
 * @test: test context
 *
 * The host bridge has a PCI domain of its own (where the architecture has no
 * domains, a bus number of its own) and one root bus without devices. Describe
 * them with kunit_pci_func_add(), then call kunit_pci_host_probe().
 *
 * When the test completes, the devices are removed from the system together
 * with the host bridge, after everything the test set up later.
 *
 * Context: may sleep.
 * Return: the host bridge, or an ERR_PTR().
 */
struct kunit_pci_host *kunit_pci_host_create(struct kunit *test)
{
	struct pci_host_bridge *bridge;
	struct kunit_pci_host *host;
	int ret;

	bridge = pci_alloc_host_bridge(sizeof(*host));
	if (!bridge)
		return ERR_PTR(-ENOMEM);

	host = pci_host_bridge_priv(bridge);
	mutex_init(&host->lock);
	bridge->ops = &kunit_pci_ops;
#if defined(CONFIG_X86)
	host->sysdata.node = NUMA_NO_NODE;
#endif
#if defined(CONFIG_X86) || defined(CONFIG_PCI_DOMAINS_GENERIC)
	bridge->sysdata = &host->sysdata;
#endif

	ret = kunit_pci_host_number(bridge);
	if (ret) {
		pci_free_host_bridge(bridge);
		return ERR_PTR(ret);
	}
	pci_set_host_bridge_release(bridge, kunit_pci_host_release, NULL);

	ret = kunit_add_action_or_reset(test, kunit_pci_host_destroy, host);
	if (ret)
		return ERR_PTR(ret);

	ret = kunit_pci_host_window(bridge, &host->mem32, "KUnit PCI mem", 0,
				    KUNIT_PCI_MEM32_BUS, KUNIT_PCI_MEM32_SIZE);
	if (ret)
		return ERR_PTR(ret);

	if (IS_ENABLED(CONFIG_PHYS_ADDR_T_64BIT)) {
		ret = kunit_pci_host_window(bridge, &host->mem64, "KUnit PCI mem pref",
					    IORESOURCE_PREFETCH | IORESOURCE_MEM_64,
					    KUNIT_PCI_MEM64_BUS, KUNIT_PCI_MEM64_SIZE);
		if (ret)
			return ERR_PTR(ret);
	}

	return host;
}
EXPORT_SYMBOL_GPL(kunit_pci_host_create);

/**
 * kunit_pci_host_probe() - Enumerate the functions of a software host bridge
 * @host: host bridge, not probed yet
 *
 * Scan the root bus, assign the BARs and add the devices, which binds drivers.
 *
 * Context: takes pci_rescan_remove_lock.
 * Return: 0, %-EBUSY if @host was probed before, or another negative errno.
 */
int kunit_pci_host_probe(struct kunit_pci_host *host)
{
	struct pci_host_bridge *bridge = kunit_pci_bridge(host);
	int ret;

	if (bridge->bus)
		return -EBUSY;

	ret = pci_host_probe(bridge);
	/* The PCI core frees the bus and leaves the pointer */
	if (ret)
		bridge->bus = NULL;

	return ret;
}
EXPORT_SYMBOL_GPL(kunit_pci_host_probe);

/**
 * kunit_pci_host_rescan() - Look for functions that were added or came back
 * @host: host bridge, probed
 *
 * Context: takes pci_rescan_remove_lock.
 */
void kunit_pci_host_rescan(struct kunit_pci_host *host)
{
	pci_lock_rescan_remove();
	pci_rescan_bus(kunit_pci_host_bus(host));
	pci_unlock_rescan_remove();
}
EXPORT_SYMBOL_GPL(kunit_pci_host_rescan);

/**
 * kunit_pci_host_bus() - The root bus of a software host bridge
 * @host: host bridge
 *
 * Context: any.
 * Return: the root bus, NULL if @host has not been probed.
 */
struct pci_bus *kunit_pci_host_bus(struct kunit_pci_host *host)
{
	return kunit_pci_bridge(host)->bus;
}
EXPORT_SYMBOL_GPL(kunit_pci_host_bus);

KUNIT_DEFINE_ACTION_WRAPPER(pci_unregister_driver_wrapper,
			    pci_unregister_driver, struct pci_driver *);

/**
 * kunit_pci_register_driver() - Register a test managed PCI driver
 * @test: test context
 * @drv: driver to register
 *
 * The driver is unregistered when the test completes.
 *
 * Context: may sleep.
 * Return: 0, or a negative errno.
 */
int kunit_pci_register_driver(struct kunit *test, struct pci_driver *drv)
{
	int ret;

	ret = pci_register_driver(drv);
	if (ret)
		return ret;

	return kunit_add_action_or_reset(test, pci_unregister_driver_wrapper, drv);
}
EXPORT_SYMBOL_GPL(kunit_pci_register_driver);

MODULE_DESCRIPTION("KUnit-managed software PCI host bridges and functions");
MODULE_LICENSE("GPL");
