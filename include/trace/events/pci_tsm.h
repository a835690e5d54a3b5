/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM pci_tsm

#if !defined(_TRACE_PCI_TSM_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_PCI_TSM_H

#include <linux/pci.h>
#include <linux/pci-tsm.h>
#include <linux/tracepoint.h>

TRACE_DEFINE_ENUM(PCI_TSM_UNLOCKED);
TRACE_DEFINE_ENUM(PCI_TSM_LOCKED);
TRACE_DEFINE_ENUM(PCI_TSM_RUN);
TRACE_DEFINE_ENUM(PCI_TSM_ERROR);

#define show_pci_tsm_state(state)			\
	__print_symbolic(state,				\
		{ PCI_TSM_UNLOCKED,	"unlocked" },	\
		{ PCI_TSM_LOCKED,	"locked" },	\
		{ PCI_TSM_RUN,		"run" },	\
		{ PCI_TSM_ERROR,	"error" })

TRACE_EVENT(pci_tsm_state,
	TP_PROTO(struct pci_dev *pdev, enum pci_tsm_state prev,
		 enum pci_tsm_state state, const char *reason),
	TP_ARGS(pdev, prev, state, reason),

	TP_STRUCT__entry(
		__string(name, pci_name(pdev))
		__field(int, prev)
		__field(int, state)
		__string(reason, reason)
	),

	TP_fast_assign(
		__assign_str(name);
		__entry->prev = prev;
		__entry->state = state;
		__assign_str(reason);
	),

	TP_printk("%s %s -> %s reason=%s", __get_str(name),
		  show_pci_tsm_state(__entry->prev),
		  show_pci_tsm_state(__entry->state), __get_str(reason))
);

TRACE_EVENT(pci_tsm_op,
	TP_PROTO(struct pci_dev *pdev, const char *op, int rc, u64 ns),
	TP_ARGS(pdev, op, rc, ns),

	TP_STRUCT__entry(
		__string(name, pci_name(pdev))
		__string(op, op)
		__field(int, rc)
		__field(u64, ns)
	),

	TP_fast_assign(
		__assign_str(name);
		__assign_str(op);
		__entry->rc = rc;
		__entry->ns = ns;
	),

	TP_printk("%s %s rc=%d latency=%lluns", __get_str(name),
		  __get_str(op), __entry->rc, __entry->ns)
);

TRACE_EVENT(pci_tsm_restore,
	TP_PROTO(struct pci_dev *pdev, const char *status, int rc, u64 reset_ns,
		 u64 stop_ns, u64 lock_ns, u64 collect_ns, u64 run_ns),
	TP_ARGS(pdev, status, rc, reset_ns, stop_ns, lock_ns, collect_ns, run_ns),

	TP_STRUCT__entry(
		__string(name, pci_name(pdev))
		__string(status, status)
		__field(int, rc)
		__field(u64, reset_ns)
		__field(u64, stop_ns)
		__field(u64, lock_ns)
		__field(u64, collect_ns)
		__field(u64, run_ns)
	),

	TP_fast_assign(
		__assign_str(name);
		__assign_str(status);
		__entry->rc = rc;
		__entry->reset_ns = reset_ns;
		__entry->stop_ns = stop_ns;
		__entry->lock_ns = lock_ns;
		__entry->collect_ns = collect_ns;
		__entry->run_ns = run_ns;
	),

	TP_printk("%s rc=%d reset=%lluns stop=%lluns lock=%lluns collect=%lluns run=%lluns total=%lluns status=%s",
		  __get_str(name), __entry->rc, __entry->reset_ns,
		  __entry->stop_ns, __entry->lock_ns, __entry->collect_ns,
		  __entry->run_ns,
		  __entry->stop_ns + __entry->lock_ns + __entry->collect_ns +
		  __entry->run_ns, __get_str(status))
);

#endif /* _TRACE_PCI_TSM_H */

/* This part must be outside protection */
#include <trace/define_trace.h>
