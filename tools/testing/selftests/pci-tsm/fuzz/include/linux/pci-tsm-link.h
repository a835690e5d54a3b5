/* SPDX-License-Identifier: GPL-2.0 */
/* In place of the kernel's: what linux/pci-tsm.h refers to, without PCI */
#ifndef __FUZZ_PCI_TSM_LINK_H
#define __FUZZ_PCI_TSM_LINK_H

struct pci_dev;
struct tsm_dev;

#endif /* __FUZZ_PCI_TSM_LINK_H */
