// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: configuration of a locked function.
 *
 * Clearing Bus Master Enable takes a function out of LOCKED and RUN (PCIe r7.0,
 * sec 11.2.6), but drivers clear it as a matter of course when they let go of a
 * device, and rely on it before they free buffers. So the register is left
 * alone, and the TSM stops and resumes DMA in its place.
 */

#include <linux/kexec.h>
#include <linux/pci.h>
#include "../pci.h"
#include "tsm.h"

/**
 * pci_tsm_set_master() - a driver sets or clears Bus Master Enable
 * @pdev: any PCI device
 * @enable: which of the two
 *
 * A kernel that is about to be replaced by kexec means it: the function goes to
 * ERROR, and the next kernel finds it quiet.
 *
 * Context: Process context if @pdev is in RUN. Sleeps as long as the TSM
 * operation does.
 * Return: true if the register must be left alone.
 */
bool pci_tsm_set_master(struct pci_dev *pdev, bool enable)
{
	struct pci_tsm_fn *fn = pdev->tsm_fn;

	if (!fn)
		return false;

	switch (READ_ONCE(fn->state)) {
	case PCI_TSM_LOCKED:
		break;
	case PCI_TSM_RUN:
		if (enable)
			pci_tsm_fn_resume(fn);
		else
			pci_tsm_fn_detach(fn);
		break;
	default:
		return false;
	}

	/* Setting the bit is harmless */
	return !enable && !kexec_in_progress;
}
