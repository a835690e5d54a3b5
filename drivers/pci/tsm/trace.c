// SPDX-License-Identifier: GPL-2.0
/* PCI/TSM guest side: tracepoints */

#define CREATE_TRACE_POINTS
#include <trace/events/pci_tsm.h>
