/* SPDX-License-Identifier: GPL-2.0 */
/* PCI/TSM guest side: calling the operations of a devsec TSM */
#ifndef __DRIVERS_PCI_TSM_OPS_H
#define __DRIVERS_PCI_TSM_OPS_H

#include <linux/ktime.h>
#include <linux/pci-tsm.h>
#include <linux/tsm.h>

#include <trace/events/pci_tsm.h>

static inline const struct pci_tsm_devsec_ops *
pci_tsm_ops(struct pci_tsm_devsec *tsm)
{
	return tsm->tsm_dev->pci_ops->devsec_ops;
}

/*
 * Evaluate @call, a call of the TSM operation @name, and let a trace tell how
 * long it took
 */
#define tsm_op(tsm, name, call)						\
({									\
	struct pci_dev *__pdev = (tsm)->pdev;				\
	u64 __start = 0;						\
	int __rc;							\
									\
	if (trace_pci_tsm_op_enabled())					\
		__start = ktime_get_ns();				\
	__rc = (call);							\
	if (__start)							\
		trace_pci_tsm_op(__pdev, name, __rc,			\
				 ktime_get_ns() - __start);		\
	__rc;								\
})

#endif /* __DRIVERS_PCI_TSM_OPS_H */
