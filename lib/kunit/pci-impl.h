/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the host bridges of lib/kunit/pci.c need to know about functions
 */

#ifndef _KUNIT_PCI_IMPL_H
#define _KUNIT_PCI_IMPL_H

#include <linux/types.h>

struct kunit_pci_func;
struct kunit_pci_func_desc;
struct kunit_pci_host;

struct kunit_pci_func *kunit_pci_func_alloc(struct kunit_pci_host *host,
					    const struct kunit_pci_func_desc *desc);
struct kunit_pci_host *kunit_pci_func_host(const struct kunit_pci_func *func);
unsigned int kunit_pci_func_devfn(const struct kunit_pci_func *func);
void kunit_pci_func_set_multifunction(struct kunit_pci_func *func);
void kunit_pci_func_read(struct kunit_pci_func *func, int where, int size, u32 *val);
void kunit_pci_func_write(struct kunit_pci_func *func, int where, int size, u32 val);

#endif /* _KUNIT_PCI_IMPL_H */
