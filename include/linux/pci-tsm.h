/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guest side of PCI/TSM: what a driver for a TEE Security Manager (TSM) that
 * manages the security state of PCI functions from inside a confidential VM
 * ("devsec") implements. PCIe r7.0, sec 11 (TDISP).
 *
 * This is not an interface for PCI device drivers: they have no part in TDISP
 * states. See Documentation/PCI/tsm-guest.rst and Documentation/PCI/tsm-driver.rst.
 */
#ifndef __PCI_TSM_H
#define __PCI_TSM_H

#include <linux/bits.h>
#include <linux/pci-tsm-link.h>
#include <linux/sizes.h>
#include <linux/types.h>

/* TDISP counts MMIO in 4 KiB pages, whatever PAGE_SIZE is (PCIe r7.0, sec 11.3.11) */
#define PCI_TSM_PAGE_SHIFT	12
#define PCI_TSM_PAGE_SIZE	BIT(PCI_TSM_PAGE_SHIFT)

/* A TDISP interface report is counted in 16 bits (PCIe r7.0, sec 11.3.10) */
#define PCI_TSM_REPORT_MAX	65535

/* The most that is taken of the VCA, and of other objects of evidence, in bytes */
#define PCI_TSM_VCA_MAX		SZ_64K
#define PCI_TSM_OBJECT_MAX	SZ_16M

/* Nonce of a requester of measurements (DSP0274, GET_MEASUREMENTS) */
#define PCI_TSM_NONCE_SIZE	32

/* FLAGS of LOCK_INTERFACE_REQUEST (PCIe r7.0, sec 11.3.8) */
#define PCI_TSM_LOCK_NO_FW_UPDATE		BIT(0)
#define PCI_TSM_LOCK_SYSTEM_CACHE_LINE_SIZE	BIT(1)
#define PCI_TSM_LOCK_MSIX			BIT(2)
#define PCI_TSM_LOCK_BIND_P2P			BIT(3)
#define PCI_TSM_LOCK_ALL_REQUEST_REDIRECT	BIT(4)

/**
 * enum pci_tsm_state - TDISP state of a function (PCIe r7.0, sec 11.2)
 * @PCI_TSM_UNLOCKED: CONFIG_UNLOCKED, the function works like any other one
 * @PCI_TSM_LOCKED: CONFIG_LOCKED, the configuration is frozen for attestation
 * @PCI_TSM_RUN: RUN, the function may be part of the guest's trust boundary
 * @PCI_TSM_ERROR: ERROR, the function fell out of LOCKED or RUN
 */
enum pci_tsm_state {
	PCI_TSM_UNLOCKED,
	PCI_TSM_LOCKED,
	PCI_TSM_RUN,
	PCI_TSM_ERROR,
};

/**
 * enum pci_tsm_object - objects of the evidence of one LOCK session
 * @PCI_TSM_CERTIFICATES: certificate chain of the device as DER, from the root
 *			  to the leaf, and nothing else
 * @PCI_TSM_VCA: SPDM messages GET_VERSION, VERSION, GET_CAPABILITIES,
 *		 CAPABILITIES, NEGOTIATE_ALGORITHMS and ALGORITHMS
 * @PCI_TSM_MEASUREMENTS: SPDM messages GET_MEASUREMENTS, for all measurements
 *			  and with a signature, and MEASUREMENTS
 * @PCI_TSM_REPORT: TDISP DEVICE_INTERFACE_REPORT
 * @PCI_TSM_NR_OBJECTS: number of objects
 */
enum pci_tsm_object {
	PCI_TSM_CERTIFICATES,
	PCI_TSM_VCA,
	PCI_TSM_MEASUREMENTS,
	PCI_TSM_REPORT,
	PCI_TSM_NR_OBJECTS,
};

/**
 * struct pci_tsm_collection - what a TSM collected of a function
 * @object: the objects, in private memory that is freed with kvfree()
 * @object.data: bytes of the object, NULL if there is none
 * @object.len: how many, at most %PCI_TSM_REPORT_MAX of the report,
 *		%PCI_TSM_VCA_MAX of the VCA and %PCI_TSM_OBJECT_MAX of the others
 * @lock_flags: %PCI_TSM_LOCK_NO_FW_UPDATE and so on, of this LOCK session
 * @lock_flags_known: those of them that the TSM knows
 */
struct pci_tsm_collection {
	struct {
		void *data;
		size_t len;
	} object[PCI_TSM_NR_OBJECTS];
	u16 lock_flags;
	u16 lock_flags_known;
};

/**
 * struct pci_tsm_devsec - one function in the care of a devsec TSM
 * @pdev: the function
 * @tsm_dev: the TSM
 *
 * Allocated by &pci_tsm_devsec_ops.probe, usually inside a larger structure of
 * the TSM driver, and freed by &pci_tsm_devsec_ops.remove.
 */
struct pci_tsm_devsec {
	struct pci_dev *pdev;
	struct tsm_dev *tsm_dev;
};

/**
 * struct pci_tsm_mmio_range - a range of a BAR that is to become private
 * @start: guest physical address of the range, %PCI_TSM_PAGE_SIZE aligned
 * @size: size in bytes, a multiple of %PCI_TSM_PAGE_SIZE
 * @reported: address that the device reported for @start, in bytes. What it
 *	      means is the TSM's business; it is not a host physical address
 *	      when the TSM set an MMIO_REPORTING_OFFSET.
 * @range_id: Range ID of the interface report
 * @bar: index of the BAR, 0 to 5
 */
struct pci_tsm_mmio_range {
	phys_addr_t start;
	u64 size;
	u64 reported;
	u16 range_id;
	u8 bar;
};

/**
 * enum pci_tsm_offset - what the addresses of an interface report mean
 * @PCI_TSM_OFFSET_BAR_ALIGN: The TSM locks with an MMIO_REPORTING_OFFSET that
 *	leaves the low bits of an address alone, those that say where in its
 *	naturally aligned BAR it is. The others are the same for all ranges of a
 *	BAR. The default.
 * @PCI_TSM_OFFSET_RELATIVE: The offset says nothing about low bits: the first
 *	range that is reported for a BAR is at its beginning, and the others are
 *	relative to it. A function that does not report the first page of a BAR
 *	shifts all ranges of that BAR, which only &pci_tsm_devsec_ops.mmio_validate
 *	can notice.
 *
 * PCIe r7.0, sec 11.3.8 leaves it to the TSM.
 */
enum pci_tsm_offset {
	PCI_TSM_OFFSET_BAR_ALIGN,
	PCI_TSM_OFFSET_RELATIVE,
};

/**
 * struct pci_tsm_devsec_ops - what a devsec TSM does for the PCI core
 * @mmio_offset: What addresses in the interface report mean, a property of the TSM.
 * @probe: Allocate the context of @pdev. No TDISP state changes.
 *	   Return: the context or an ERR_PTR().
 * @remove: Free the context. Called after a successful @unlock, after a failed
 *	    @lock was cleaned up, and when @pdev or the TSM goes away whatever
 *	    state the function is in.
 * @lock: Bring the function from CONFIG_UNLOCKED to CONFIG_LOCKED. After a
 *	  failure the core calls @unlock.
 * @collect: Collect the evidence of the LOCK session that @lock began: all
 *	     objects anew, of one point in time, authenticated, with
 *	     measurements that are signed for @nonce, of %PCI_TSM_NONCE_SIZE
 *	     bytes. Called in CONFIG_LOCKED and in RUN. @run and @dma_enable are
 *	     for the evidence that was collected last, and must fail if there
 *	     is newer. What is set in @collection is freed by the core, also
 *	     after a failure.
 * @unlock: Stop the function: CONFIG_UNLOCKED from any state. May be called
 *	    again after a failure.
 * @run: Bring the function from CONFIG_LOCKED to RUN, as the very LOCK session
 *	 that @lock began; fail if the device was locked again since.
 * @query: Ask for the state the function is really in. %-ESTALE if the LOCK
 *	   session of @lock is not the current one, or if somebody else
 *	   collected evidence since @collect did.
 * @mmio_validate: Make a range private, if and only if the TSM confirms that
 *		   it is the device's own. Called in CONFIG_LOCKED, once for
 *		   each range, before @run. What a TSM or a kernel before left
 *		   private of the range is given up first. After a failure
 *		   @mmio_teardown is called for the range.
 * @mmio_teardown: Make a range shared again, as far as it is private. Called
 *		   before @unlock, after a failed @mmio_validate, in any state, and
 *		   for whole BARs when a kernel before this one left the function
 *		   LOCKED or in RUN.
 * @dma_enable: Let the function reach private memory by DMA. Called in RUN
 *		when a driver is about to be attached.
 * @dma_disable: Undo @dma_enable. May be called when DMA is not enabled.
 *
 * All operations are mandatory. Each may sleep, for seconds; @lock, @collect and
 * @mmio_validate give up with -EINTR when a fatal signal is pending, @unlock,
 * @mmio_teardown and @dma_disable do not. All loops that depend on the host are
 * bounded. Those that return int: 0 or a negative errno, %-ETIMEDOUT when the
 * TSM or the host did not come to an end, %-EBADMSG when what the host or the
 * device delivered is malformed or not authentic, %-ESTALE when it belongs to
 * another LOCK session, %-EIO when the function is in ERROR. Who fails says why
 * in the log.
 *
 * The restore after a reset runs in a work item while its caller waits with the
 * device's lock, in recovery from errors with the semaphore of the list of PCI
 * devices, and when a system resumes before device interrupts are enabled: what
 * an operation waits for must not need any of them.
 *
 * Context: Process context under a mutex of the function's own; no lock is held
 * that another function's operations need. Operations of one function never run
 * concurrently.
 */
struct pci_tsm_devsec_ops {
	enum pci_tsm_offset mmio_offset;
	struct pci_tsm_devsec *(*probe)(struct tsm_dev *tsm_dev,
					struct pci_dev *pdev);
	void (*remove)(struct pci_tsm_devsec *tsm);
	int (*lock)(struct pci_tsm_devsec *tsm);
	int (*collect)(struct pci_tsm_devsec *tsm, const u8 *nonce,
		       struct pci_tsm_collection *collection);
	int (*unlock)(struct pci_tsm_devsec *tsm);
	int (*run)(struct pci_tsm_devsec *tsm);
	int (*query)(struct pci_tsm_devsec *tsm, enum pci_tsm_state *state);
	int (*mmio_validate)(struct pci_tsm_devsec *tsm,
			     const struct pci_tsm_mmio_range *range);
	int (*mmio_teardown)(struct pci_tsm_devsec *tsm,
			     const struct pci_tsm_mmio_range *range);
	int (*dma_enable)(struct pci_tsm_devsec *tsm);
	int (*dma_disable)(struct pci_tsm_devsec *tsm);
};

#endif /* __PCI_TSM_H */
