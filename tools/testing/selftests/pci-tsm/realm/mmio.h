/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor: a guest access that is emulated
 */
#ifndef MMIO_H
#define MMIO_H

#include "monitor.h"

/**
 * struct mmio - one load or store, decoded from a stage 2 data abort
 * @ipa: address
 * @size: bytes: 1, 2, 4 or 8
 * @write: store
 * @val: what is stored, or the answer to the load
 */
struct mmio {
	u64 ipa;
	unsigned int size;
	bool write;
	u64 val;
};

#endif /* MMIO_H */
