/* SPDX-License-Identifier: GPL-2.0 */
/* PCI/TSM guest side: functions that are reset for KUnit, and their driver */
#ifndef __PCI_TSM_RESETS_H
#define __PCI_TSM_RESETS_H

#include <kunit/test.h>
#include "fake.h"

/**
 * struct resets_seen - what resets_driver went through
 * @calls: what it was called for, in order: P reset_prepare(), D reset_done(),
 *	   E error_detected(), X the same for a permanent failure,
 *	   S slot_reset(), R resume(), W resume() of PM, r remove()
 * @state: state of the device then
 * @dma: private DMA was possible then
 * @clear_master: set by the test: it turns DMA off while it is reset
 * @dies: set by the test: the device is in ERROR when it is told of an error
 * @asks: set by the test: it asks for a reset after an error that is not fatal, too
 * @look: set by the test: somebody reads the state meanwhile
 */
struct resets_seen {
	char calls[32];
	enum pci_tsm_state state;
	bool dma;
	bool clear_master;
	bool dies;
	bool asks;
	bool look;
};

extern struct resets_seen resets_seen;
extern struct pci_driver resets_driver;

static inline struct fake_tsm *resets_tsm(struct kunit *test)
{
	return test->priv;
}

static inline struct pci_tsm_fn *resets_fn(struct fake_dev *dev)
{
	return dev->pdev->tsm_fn;
}

void resets_init(struct kunit *test, struct fake_tsm *tsm);
struct fake_dev *resets_devs(struct kunit *test, struct pci_driver *drv, int nr);
struct fake_dev *resets_dev(struct kunit *test);
void resets_accept(struct kunit *test, struct fake_dev *dev);
void resets_bind(struct kunit *test, struct fake_dev *dev);
void resets_expect_restored(struct kunit *test, struct fake_dev *dev,
			    unsigned int count);
void resets_expect_lost(struct kunit *test, struct fake_dev *dev);
void resets_expect_usable(struct kunit *test, struct fake_dev *dev);
pci_ers_result_t resets_flr_subordinates(struct pci_dev *pdev);

#endif /* __PCI_TSM_RESETS_H */
