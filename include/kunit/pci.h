/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KUnit-managed software PCI host bridges and functions
 *
 * A test describes functions, puts them behind a host bridge that exists in
 * software only, and has the PCI core enumerate them: the resulting devices
 * have sysfs attributes, emit uevents and bind to drivers like any other.
 * There is nothing behind the BARs; they must not be mapped.
 */

#ifndef _KUNIT_PCI_H
#define _KUNIT_PCI_H

#include <linux/pci.h>
#include <linux/types.h>

struct kunit;
struct kunit_pci_func;
struct kunit_pci_host;

/**
 * struct kunit_pci_bar - a memory BAR of a function
 * @size: size in bytes, a power of 2 of at least 16; 0 if not implemented.
 * @flags: %PCI_BASE_ADDRESS_MEM_TYPE_64 (takes the next BAR too) and
 *	   %PCI_BASE_ADDRESS_MEM_PREFETCH, or 0.
 */
struct kunit_pci_bar {
	u64 size;
	u32 flags;
};

/**
 * struct kunit_pci_msix - the MSI-X capability of a function
 * @vectors: size of the table, 0 for no MSI-X capability.
 * @table_bir: BAR of the table.
 * @pba_bir: BAR of the Pending Bit Array.
 * @table_offset: offset of the table in its BAR, a multiple of 8.
 * @pba_offset: offset of the Pending Bit Array in its BAR, a multiple of 8.
 */
struct kunit_pci_msix {
	u16 vectors;
	u8 table_bir;
	u8 pba_bir;
	u32 table_offset;
	u32 pba_offset;
};

/**
 * struct kunit_pci_cap - any other capability of a function
 * @id: capability ID.
 * @ext: true for a capability in extended configuration space.
 * @version: capability version, extended capabilities only.
 * @size: size of @data and @wmask in bytes.
 * @data: reset values of the registers that follow the capability header, in
 *	  little endian.
 * @wmask: mask of the writable bits of @data, NULL if all are read-only.
 */
struct kunit_pci_cap {
	u16 id;
	bool ext;
	u8 version;
	u16 size;
	const void *data;
	const void *wmask;
};

/**
 * struct kunit_pci_func_ops - what a test does when a function is accessed
 * @config_read: called after a read; may change the value returned.
 * @config_write: called before a write; returns true to let the registers take
 *		  the value, false to drop the write.
 * @flr: called after a Function Level Reset brought the registers back to
 *	 their reset values.
 *
 * All are optional.
 *
 * Context: atomic, possibly with a raw spinlock of the PCI core held and
 * interrupts off. They must not sleep and must not use the PCI core's config
 * accessors, but may call kunit_pci_func_config_get(),
 * kunit_pci_func_config_set() and kunit_pci_func_set_present(). Accesses from
 * different CPUs may call them concurrently.
 */
struct kunit_pci_func_ops {
	void (*config_read)(struct kunit_pci_func *func, int where, int size,
			    u32 *val);
	bool (*config_write)(struct kunit_pci_func *func, int where, int size,
			     u32 val);
	void (*flr)(struct kunit_pci_func *func);
};

/**
 * struct kunit_pci_func_desc - description of a function
 * @devfn: device and function number. A device with several functions needs a
 *	   function 0, and must be complete when it is enumerated first.
 * @vendor: Vendor ID.
 * @device: Device ID.
 * @subsystem_vendor: Subsystem Vendor ID.
 * @subsystem_device: Subsystem ID.
 * @class: 24-bit Class Code.
 * @revision: Revision ID.
 * @no_pcie: leave out the PCI Express capability (and extended config space).
 * @exp_type: Device/Port Type, PCI_EXP_TYPE_*; 0 is a PCI Express Endpoint.
 * @devcap: Device Capabilities, PCI_EXP_DEVCAP_*. With %PCI_EXP_DEVCAP_FLR the
 *	    function implements Function Level Reset.
 * @bars: the BARs.
 * @msix: the MSI-X capability.
 * @caps: further capabilities, in list order.
 * @num_caps: number of @caps.
 * @pf: NULL, or another function of the host bridge with an SR-IOV capability:
 *	the function is a VF of it. It answers as long as VF Enable of @pf is
 *	set, and has its reset values each time that becomes so; it is found
 *	there by pci_enable_sriov() alone. @vendor and @device are ignored, and
 *	@bars must be empty: they are in the capability.
 * @ops: access callbacks, may be NULL.
 * @priv: returned by kunit_pci_func_priv().
 */
struct kunit_pci_func_desc {
	unsigned int devfn;
	u16 vendor;
	u16 device;
	u16 subsystem_vendor;
	u16 subsystem_device;
	u32 class;
	u8 revision;
	bool no_pcie;
	u8 exp_type;
	u32 devcap;
	struct kunit_pci_bar bars[PCI_STD_NUM_BARS];
	struct kunit_pci_msix msix;
	const struct kunit_pci_cap *caps;
	unsigned int num_caps;
	struct kunit_pci_func *pf;
	const struct kunit_pci_func_ops *ops;
	void *priv;
};

struct kunit_pci_host *kunit_pci_host_create(struct kunit *test);
int kunit_pci_host_probe(struct kunit_pci_host *host);
void kunit_pci_host_rescan(struct kunit_pci_host *host);
struct pci_bus *kunit_pci_host_bus(struct kunit_pci_host *host);

struct kunit_pci_func *kunit_pci_func_add(struct kunit_pci_host *host,
					  const struct kunit_pci_func_desc *desc);
struct pci_dev *kunit_pci_func_get_dev(struct kunit *test,
				       struct kunit_pci_func *func);
void kunit_pci_put_dev(struct kunit *test, struct pci_dev *pdev);
int kunit_pci_func_remove(struct kunit_pci_func *func);
void kunit_pci_func_set_present(struct kunit_pci_func *func, bool present);
u32 kunit_pci_func_config_get(struct kunit_pci_func *func, int where, int size);
void kunit_pci_func_config_set(struct kunit_pci_func *func, int where, int size,
			       u32 val);
void *kunit_pci_func_priv(struct kunit_pci_func *func);

int kunit_pci_register_driver(struct kunit *test, struct pci_driver *drv);

/* With CONFIG_KUNIT_PCI_BENCH */
void kunit_pci_bench_function(struct kunit *test, const char *when);

#endif /* _KUNIT_PCI_H */
