// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: which functions are kept from drivers until userspace has
 * decided, and the PCI core's calls when devices and drivers come and go.
 *
 * In a confidential VM a function that can do TDISP is not bound to a driver
 * automatically, from enumeration on and whether or not a TSM driver is there:
 * a driver that is attached first would work with a device that nobody has
 * verified.
 */

#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <linux/cc_platform.h>
#include <linux/device.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/string.h>
#include "../pci.h"
#include "tsm.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "pci_tsm."

static const char * const hold_names[] = {
	[PCI_TSM_HOLD_AUTO] = "auto",
	[PCI_TSM_HOLD_ALWAYS] = "always",
	[PCI_TSM_HOLD_NEVER] = "never",
};

enum pci_tsm_hold pci_tsm_hold =
	IS_ENABLED(CONFIG_PCI_TSM_HOLD_ALWAYS) ? PCI_TSM_HOLD_ALWAYS :
	IS_ENABLED(CONFIG_PCI_TSM_HOLD_NEVER) ? PCI_TSM_HOLD_NEVER :
	PCI_TSM_HOLD_AUTO;

static const struct pci_tsm_choice hold_choice = {
	.names = hold_names,
	.nr = ARRAY_SIZE(hold_names),
	.value = &pci_tsm_hold,
};
module_param_cb(hold, &pci_tsm_choice_ops, (void *)&hold_choice, 0444);
MODULE_PARM_DESC(hold,
		 "Keep TDISP-capable functions from drivers until userspace accepts them: auto (in a confidential VM), always, never");

static const char * const reserved_names[] = {
	[PCI_TSM_RESERVED_REJECT] = "reject",
	[PCI_TSM_RESERVED_IGNORE] = "ignore",
};

static const struct pci_tsm_choice reserved_choice = {
	.names = reserved_names,
	.nr = ARRAY_SIZE(reserved_names),
	.value = &pci_tsm_report_reserved,
};
module_param_cb(report_reserved, &pci_tsm_choice_ops, (void *)&reserved_choice, 0444);
MODULE_PARM_DESC(report_reserved,
		 "Interface report with bits set that TDISP 1.0 reserves: reject, ignore (for devices of a newer TDISP)");

/**
 * pci_tsm_gate_manages() - does a function get a TDISP state?
 * @hold: the policy
 * @cc_guest: memory of this machine is encrypted against its host
 * @devcap: Device Capabilities register
 * @type: Device/Port Type, %PCI_EXP_TYPE_ENDPOINT and so on
 *
 * Return: true for a function that can be a TDI (PCIe r7.0, sec 11) on a
 * machine where that matters.
 */
bool pci_tsm_gate_manages(enum pci_tsm_hold hold, bool cc_guest, u32 devcap,
			  int type)
{
	if (!(devcap & PCI_EXP_DEVCAP_TEE))
		return false;

	switch (type) {
	case PCI_EXP_TYPE_ENDPOINT:
	case PCI_EXP_TYPE_LEG_END:
	case PCI_EXP_TYPE_RC_END:
		break;
	default:
		return false;
	}

	return cc_guest || hold == PCI_TSM_HOLD_ALWAYS;
}

/**
 * pci_tsm_gate_init() - a function was found
 * @pdev: the function, not yet known to the driver core
 *
 * Context: Process context.
 */
void pci_tsm_gate_init(struct pci_dev *pdev)
{
	bool hold = pci_tsm_hold != PCI_TSM_HOLD_NEVER;
	struct pci_tsm_fn *fn;

	if (!pci_is_pcie(pdev) ||
	    !pci_tsm_gate_manages(pci_tsm_hold,
				  cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT),
				  pdev->devcap, pci_pcie_type(pdev)))
		return;

	fn = pci_tsm_fn_alloc(pdev, hold);
	if (IS_ERR(fn))
		pci_err(pdev, "no memory, the function cannot be accepted\n");
	else
		pci_tsm_restore_init(fn);

	if (!hold)
		return;

	/* Nobody holds or can hold the device's lock yet */
	dev_set_no_autoprobe(&pdev->dev);
	pci_info(pdev,
		 "TDISP-capable, held: no driver is bound until userspace accepts it through tsm/lock and tsm/accept\n");
}

/**
 * pci_tsm_gate_exit() - a function is about to be removed
 * @pdev: the function, its driver was released
 *
 * Context: Process context, no locks held. Sleeps as long as TSM operations do.
 */
void pci_tsm_gate_exit(struct pci_dev *pdev)
{
	struct pci_tsm_fn *fn = pdev->tsm_fn;

	if (!fn)
		return;

	/* Known until it is drained: a TSM that leaves meanwhile waits for it */
	pci_tsm_fn_drain(fn, NULL);
	pci_tsm_restore_exit(fn);
	pci_tsm_release_exit(fn);
	pci_tsm_guard_exit(fn);
	pci_tsm_fn_del(fn);
}

/**
 * pci_tsm_gate_added() - a function is set up, its BARs are assigned
 * @pdev: the function, in sysfs
 *
 * Context: Process context, no locks held.
 */
void pci_tsm_gate_added(struct pci_dev *pdev)
{
	if (pdev->tsm_fn)
		pci_tsm_fn_announce(pdev->tsm_fn);
}

/**
 * pci_tsm_release_dev() - the last reference to a function is gone
 * @pdev: the function
 */
void pci_tsm_release_dev(struct pci_dev *pdev)
{
	pci_tsm_fn_free(pdev->tsm_fn);
	pdev->tsm_fn = NULL;
}

/**
 * pci_tsm_dma_configure() - a driver is about to be attached
 * @pdev: the function
 *
 * Context: Process context, from the bus's dma_configure().
 * Return: 0, or a negative errno that keeps the driver away, see
 * pci_tsm_fn_attach().
 */
int pci_tsm_dma_configure(struct pci_dev *pdev)
{
	if (!pdev->tsm_fn)
		return 0;

	return pci_tsm_fn_attach(pdev->tsm_fn);
}

/**
 * pci_tsm_dma_cleanup() - a driver was detached
 * @pdev: the function
 *
 * Context: Process context, from the bus's dma_cleanup().
 */
void pci_tsm_dma_cleanup(struct pci_dev *pdev)
{
	if (pdev->tsm_fn)
		pci_tsm_fn_detach(pdev->tsm_fn);
}

/**
 * pci_tsm_shutdown() - the machine is shut down, and the driver was told
 * @pdev: any PCI device
 *
 * Context: Process context under device_lock(). Sleeps as long as TSM operations do.
 */
void pci_tsm_shutdown(struct pci_dev *pdev)
{
	if (pdev->tsm_fn)
		pci_tsm_fn_shutdown(pdev->tsm_fn,
				    !pdev->driver || pdev->driver->shutdown);
}

/**
 * pci_tsm_uevent() - TDISP state in every uevent of a function
 * @pdev: the function
 * @env: the uevent
 *
 * Return: 0 or -ENOMEM.
 */
int pci_tsm_uevent(const struct pci_dev *pdev, struct kobj_uevent_env *env)
{
	if (!pdev->tsm_fn)
		return 0;

	return add_uevent_var(env, "PCI_TSM_STATE=%s",
			      pci_tsm_state_name(READ_ONCE(pdev->tsm_fn->state)));
}
