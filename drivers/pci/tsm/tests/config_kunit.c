// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of the configuration of a locked function, and of what stops DMA */

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/workqueue.h>
#include "../../pci.h"
#include "fake.h"

#define PM	PCI_CAP_ID_PM
#define EXT(id)	(0x100 | (id))	/* as opposed to CAP(id), whose IDs are smaller */

static const u8 all_ones[64] = { [0 ... 63] = 0xff };
static const u8 zeroes[64];
/* Two resizable BARs */
static const u8 rebar[20] = { [4] = 2 << 5 };
/* One link stream, one selective stream with one address association */
static const u8 ide[48] = { PCI_IDE_CAP_LINK | PCI_IDE_CAP_SELECTIVE, [16] = 1 };
static const u8 pri[12] = { [2] = 0, [3] = PCI_PRI_STATUS_STOPPED >> 8 };
/* One entry of three dwords, nothing behind it */
static const u8 ea[14] = { 1, 0, 2 };

static const struct kunit_pci_cap caps[] = {
	{ .id = PM, .size = 6, .data = zeroes, .wmask = all_ones },
	{ .id = PCI_CAP_ID_AF, .size = 4, .data = zeroes, .wmask = all_ones },
	{ .id = PCI_CAP_ID_EA, .size = 14, .data = ea, .wmask = all_ones },
	{ .id = PCI_CAP_ID_VNDR, .size = 6, .data = zeroes, .wmask = all_ones },
	{ .id = PCI_EXT_CAP_ID_DEV3, .ext = true, .version = 1, .size = 12,
	  .data = zeroes, .wmask = all_ones },
	{ .id = PCI_EXT_CAP_ID_REBAR, .ext = true, .version = 1, .size = 20,
	  .data = rebar, .wmask = all_ones },
	{ .id = PCI_EXT_CAP_ID_ARI, .ext = true, .version = 1, .size = 4,
	  .data = zeroes, .wmask = all_ones },
	{ .id = PCI_EXT_CAP_ID_PASID, .ext = true, .version = 1, .size = 4,
	  .data = zeroes, .wmask = all_ones },
	{ .id = PCI_EXT_CAP_ID_PRI, .ext = true, .version = 1, .size = 12,
	  .data = pri, .wmask = all_ones },
	{ .id = PCI_EXT_CAP_ID_MCAST, .ext = true, .version = 1, .size = 36,
	  .data = zeroes, .wmask = all_ones },
	{ .id = PCI_EXT_CAP_ID_IDE, .ext = true, .version = 1, .size = 48,
	  .data = ide, .wmask = all_ones },
	{ .id = PCI_EXT_CAP_ID_LTR, .ext = true, .version = 1, .size = 4,
	  .data = zeroes, .wmask = all_ones },
};

static void config_clean(void *data)
{
	pci_tsm_guard_mode = PCI_TSM_GUARD_ON;
}

static struct fake_tsm *config_tsm(struct kunit *test)
{
	return test->priv;
}

static struct fake_dev *config_dev(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev = fake_dev_add_caps(tsm, PCI_DEVFN(1, 0),
						 PCI_EXP_DEVCAP_TEE |
						 PCI_EXP_DEVCAP_FLR,
						 PCI_EXP_TYPE_ENDPOINT, caps,
						 ARRAY_SIZE(caps));

	test->priv = tsm;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, config_clean, NULL));
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &fake_driver));
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	return dev;
}

static struct pci_tsm_fn *config_fn(struct fake_dev *dev)
{
	return dev->pdev->tsm_fn;
}

static void config_goto(struct kunit *test, struct fake_dev *dev,
			enum pci_tsm_state state)
{
	struct fake_tsm *tsm = config_tsm(test);

	if (state != PCI_TSM_UNLOCKED)
		KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, dev));
	if (state == PCI_TSM_RUN)
		KUNIT_ASSERT_EQ(test, 1, fake_accept(dev));
	if (state == PCI_TSM_ERROR) {
		dev->state = PCI_TSM_ERROR;
		KUNIT_ASSERT_EQ(test, -EIO, fake_accept(dev));
	}
	KUNIT_ASSERT_EQ(test, config_fn(dev)->state, state);
}

static void config_leave(struct kunit *test, struct fake_dev *dev)
{
	if (config_fn(dev)->state != PCI_TSM_UNLOCKED)
		KUNIT_ASSERT_EQ(test, 0, fake_unlock(config_tsm(test), dev));
}

static void config_run(struct kunit *test, struct fake_dev *dev)
{
	config_goto(test, dev, PCI_TSM_RUN);
	KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));
	KUNIT_ASSERT_TRUE(test, dev->dma);
}

struct reg_case {
	const char *name;
	u16 cap;	/* 0: none, PCI_CAP_ID_*, EXT(PCI_EXT_CAP_ID_*) */
	u16 where;
	u8 size;
	u32 before;
	u32 write;
	bool refused;
	u32 after;	/* if not refused */
};

#define CMD_BOTH	(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)
#define DEVCTL_KEPT	(PCI_EXP_DEVCTL_EXT_TAG | PCI_EXP_DEVCTL_PHANTOM | \
			 PCI_EXP_DEVCTL_NOSNOOP_EN)

static const struct reg_case reg_cases[] = {
	{ "Command: clear both", 0, PCI_COMMAND, 2, CMD_BOTH, 0, false, CMD_BOTH },
	{ "Command: clear Memory Space", 0, PCI_COMMAND, 2, CMD_BOTH,
	  PCI_COMMAND_MASTER, false, CMD_BOTH },
	{ "Command: clear Bus Master by a byte", 0, PCI_COMMAND, 1, CMD_BOTH,
	  PCI_COMMAND_MEMORY, false, CMD_BOTH },
	{ "Command: as a dword, others are written", 0, PCI_COMMAND, 4, CMD_BOTH,
	  PCI_COMMAND_SERR, false, CMD_BOTH | PCI_COMMAND_SERR },
	{ "Command: set", 0, PCI_COMMAND, 2, 0, CMD_BOTH, false, CMD_BOTH },
	{ "Command: what was clear stays", 0, PCI_COMMAND, 2, PCI_COMMAND_MEMORY,
	  PCI_COMMAND_SERR, false, PCI_COMMAND_MEMORY | PCI_COMMAND_SERR },
	{ "Command: upper byte", 0, PCI_COMMAND + 1, 1, 0, PCI_COMMAND_SERR >> 8, false,
	  PCI_COMMAND_SERR >> 8 },
	{ "BIST", 0, PCI_BIST, 1, 0, 0x40, true },
	{ "BIST, in a dword", 0, PCI_CACHE_LINE_SIZE, 4, 0, 0x10, true },
	{ "Cache Line Size", 0, PCI_CACHE_LINE_SIZE, 1, 0, 0x10, false, 0x10 },
	{ "Interrupt Line", 0, PCI_INTERRUPT_LINE, 1, 0, 9, false, 9 },
	{ "BAR 0", 0, PCI_BASE_ADDRESS_0, 4, 0x10000000, 0xffffffff, true },
	{ "BAR 0, one byte", 0, PCI_BASE_ADDRESS_0 + 3, 1, 0x10, 0x20, true },
	{ "BAR 5", 0, PCI_BASE_ADDRESS_5, 4, 0, 0xffffffff, true },
	{ "Cardbus CIS, after the BARs", 0, PCI_CARDBUS_CIS, 4, 0, 1, false, 1 },
	{ "Expansion ROM", 0, PCI_ROM_ADDRESS, 4, 0, PCI_ROM_ADDRESS_ENABLE, true },
	{ "Device Control: tags", PCI_CAP_ID_EXP, PCI_EXP_DEVCTL, 2, 0, DEVCTL_KEPT,
	  false, 0 },
	{ "Device Control: tags off", PCI_CAP_ID_EXP, PCI_EXP_DEVCTL, 2, DEVCTL_KEPT,
	  PCI_EXP_DEVCTL_READRQ_512B, false, DEVCTL_KEPT | PCI_EXP_DEVCTL_READRQ_512B },
	{ "Device Control: read request size", PCI_CAP_ID_EXP, PCI_EXP_DEVCTL, 2, 0,
	  PCI_EXP_DEVCTL_READRQ_4096B, false, PCI_EXP_DEVCTL_READRQ_4096B },
	{ "Device Control: FLR", PCI_CAP_ID_EXP, PCI_EXP_DEVCTL, 2, 0,
	  PCI_EXP_DEVCTL_BCR_FLR, true },
	{ "Device Control: FLR by a byte", PCI_CAP_ID_EXP, PCI_EXP_DEVCTL + 1, 1, 0,
	  PCI_EXP_DEVCTL_BCR_FLR >> 8, true },
	{ "Device Control 2: tags", PCI_CAP_ID_EXP, PCI_EXP_DEVCTL2, 2, 0,
	  BIT(12) | PCI_EXP_DEVCTL2_LTR_EN, false, PCI_EXP_DEVCTL2_LTR_EN },
	{ "Link Control", PCI_CAP_ID_EXP, PCI_EXP_LNKCTL, 2, 0, PCI_EXP_LNKCTL_ASPM_L1,
	  false, PCI_EXP_LNKCTL_ASPM_L1 },
	{ "Device Control 3: tags", EXT(PCI_EXT_CAP_ID_DEV3), PCI_DEV3_CTL, 2, 0,
	  BIT(2) | BIT(0), false, BIT(0) },
	{ "PM: D3hot", PM, PCI_PM_CTRL, 2, 0, 3, true },
	{ "PM: D3hot that keeps its state", PM, PCI_PM_CTRL, 2,
	  PCI_PM_CTRL_NO_SOFT_RESET, PCI_PM_CTRL_NO_SOFT_RESET | 3, false,
	  PCI_PM_CTRL_NO_SOFT_RESET | 3 },
	{ "PM: D0", PM, PCI_PM_CTRL, 2, 3, 0, false, 0 },
	{ "PM: PME", PM, PCI_PM_CTRL, 2, 0, PCI_PM_CTRL_PME_ENABLE, false,
	  PCI_PM_CTRL_PME_ENABLE },
	{ "MSI-X, not locked", PCI_CAP_ID_MSIX, PCI_MSIX_FLAGS, 2, 3,
	  3 | PCI_MSIX_FLAGS_ENABLE, false, 3 | PCI_MSIX_FLAGS_ENABLE },
	{ "Advanced Features: FLR", PCI_CAP_ID_AF, PCI_AF_CTRL, 1, 0, PCI_AF_CTRL_FLR,
	  true },
	{ "Enhanced Allocation", PCI_CAP_ID_EA, 4, 4, 0, 1, true },
	{ "Enhanced Allocation, last dword", PCI_CAP_ID_EA, 12, 4, 0, 1, true },
	{ "vendor-specific, behind it", PCI_CAP_ID_VNDR, 4, 4, 0, 0x55, false, 0x55 },
	{ "Resizable BAR", EXT(PCI_EXT_CAP_ID_REBAR), PCI_REBAR_CTRL, 4, 2 << 5, 0x100,
	  true },
	{ "Resizable BAR, the second", EXT(PCI_EXT_CAP_ID_REBAR), PCI_REBAR_CTRL + 8, 4,
	  0, 0x100, true },
	{ "ARI", EXT(PCI_EXT_CAP_ID_ARI), PCI_ARI_CTRL, 2, 0, 1, true },
	{ "PASID", EXT(PCI_EXT_CAP_ID_PASID), PCI_PASID_CTRL, 2, 0, 1, true },
	{ "Page Request", EXT(PCI_EXT_CAP_ID_PRI), PCI_PRI_CTRL, 2, 0, 1, true },
	{ "Multicast", EXT(PCI_EXT_CAP_ID_MCAST), 0x10, 4, 0, 1, true },
	{ "IDE: control", EXT(PCI_EXT_CAP_ID_IDE), PCI_IDE_CTL, 4, 0, 1, true },
	{ "IDE: link stream", EXT(PCI_EXT_CAP_ID_IDE), 12, 4, 0, 1, true },
	{ "IDE: selective stream", EXT(PCI_EXT_CAP_ID_IDE), 24, 4, 0, 1, true },
	{ "IDE: last association", EXT(PCI_EXT_CAP_ID_IDE), 48, 4, 0, 1, true },
	{ "LTR, behind it", EXT(PCI_EXT_CAP_ID_LTR), 4, 4, 0, 0x55, false, 0x55 },
};

KUNIT_ARRAY_PARAM_DESC(reg, reg_cases, name);

static int config_where(struct kunit *test, struct fake_dev *dev,
			const struct reg_case *c)
{
	int pos = 0;

	if (c->cap & 0x100)
		pos = pci_find_ext_capability(dev->pdev, c->cap & 0xff);
	else if (c->cap)
		pos = pci_find_capability(dev->pdev, c->cap);
	KUNIT_ASSERT_TRUE(test, pos || !c->cap);
	return pos + c->where;
}

static int driver_write(struct pci_dev *pdev, int where, int size, u32 val)
{
	switch (size) {
	case 1:
		return pci_write_config_byte(pdev, where, val);
	case 2:
		return pci_write_config_word(pdev, where, val);
	default:
		return pci_write_config_dword(pdev, where, val);
	}
}

static int user_write(struct pci_dev *pdev, int where, int size, u32 val)
{
	switch (size) {
	case 1:
		return pci_user_write_config_byte(pdev, where, val);
	case 2:
		return pci_user_write_config_word(pdev, where, val);
	default:
		return pci_user_write_config_dword(pdev, where, val);
	}
}

/*
 * Does a write reach the function, and as what? It may read back something else: not
 * all registers are there.
 */
static void config_try(struct kunit *test, struct fake_dev *dev, bool user, int rc,
		       u32 reaches)
{
	const struct reg_case *c = test->param_value;
	int where = config_where(test, dev, c);

	kunit_pci_func_config_set(dev->func, where, c->size, c->before);
	dev->config_writes = 0;
	KUNIT_EXPECT_EQ(test, rc, (user ? user_write : driver_write)(dev->pdev, where,
								     c->size, c->write));
	KUNIT_EXPECT_EQ(test, dev->config_writes, rc ? 0 : 1);
	if (!rc)
		KUNIT_EXPECT_EQ(test, dev->config_written, reaches);
	else
		KUNIT_EXPECT_EQ(test, c->before,
				kunit_pci_func_config_get(dev->func, where, c->size));
	kunit_pci_func_config_set(dev->func, where, c->size, c->before);
}

/* A write by the kernel and one by userspace, to a function that is guarded */
static void config_guarded(struct kunit *test)
{
	static const enum pci_tsm_state states[] = { PCI_TSM_LOCKED, PCI_TSM_RUN };
	const struct reg_case *c = test->param_value;
	struct fake_dev *dev = config_dev(test);

	for (int i = 0; i < ARRAY_SIZE(states); i++) {
		config_goto(test, dev, states[i]);
		config_try(test, dev, false, c->refused ? PCIBIOS_SET_FAILED : 0,
			   c->after);
		config_try(test, dev, true, c->refused ? -EPERM : 0, c->after);
		KUNIT_EXPECT_EQ(test, config_fn(dev)->state, states[i]);
		config_leave(test, dev);
	}
}

/* In other states all of them reach the function as they are */
static void config_unlocked(struct kunit *test)
{
	const struct reg_case *c = test->param_value;
	struct fake_dev *dev = config_dev(test);

	config_try(test, dev, false, 0, c->write);
	config_try(test, dev, true, 0, c->write);
}

static void config_error(struct kunit *test)
{
	const struct reg_case *c = test->param_value;
	struct fake_dev *dev = config_dev(test);

	config_goto(test, dev, PCI_TSM_ERROR);
	config_try(test, dev, false, 0, c->write);
	config_try(test, dev, true, 0, c->write);
}

/* So they do with pci_tsm.guard=report and off */
static void config_guard_off(struct kunit *test)
{
	const struct reg_case *c = test->param_value;
	struct fake_dev *dev = config_dev(test);

	config_goto(test, dev, PCI_TSM_LOCKED);
	pci_tsm_guard_mode = PCI_TSM_GUARD_REPORT;
	config_try(test, dev, false, 0, c->write);
	config_try(test, dev, true, 0, c->write);
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_config_frozen(dev->pdev, "test"));
	pci_tsm_guard_mode = PCI_TSM_GUARD_OFF;
	config_try(test, dev, false, 0, c->write);
	config_try(test, dev, true, 0, c->write);
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_config_frozen(dev->pdev, "test"));
}

/* While the PCI core restores the configuration after a reset */
static void config_during_reset(struct kunit *test)
{
	const struct reg_case *c = test->param_value;
	struct fake_dev *dev = config_dev(test);

	config_goto(test, dev, PCI_TSM_RUN);
	pci_tsm_reset_prepare(dev->pdev, true);
	config_try(test, dev, false, 0, c->write);
	/* What is written here is spoilt: not what was accepted any more */
	pci_tsm_reset_failed(dev->pdev);
}

/* A function without TDISP, beside one that is locked */
static void config_plain(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *tee = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE);
	struct fake_dev *plain = fake_dev_add(tsm, 2, 0);

	test->priv = tsm;
	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	config_goto(test, tee, PCI_TSM_LOCKED);

	plain->config_writes = 0;
	KUNIT_EXPECT_EQ(test, 0, pci_write_config_dword(plain->pdev, PCI_BASE_ADDRESS_5, 1));
	KUNIT_EXPECT_EQ(test, 0, pci_user_write_config_byte(plain->pdev, PCI_BIST, 1));
	KUNIT_EXPECT_EQ(test, plain->config_writes, 2);
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_config_frozen(plain->pdev, "test"));
}

/* From before LOCK is asked for until the state is left */
static void config_hook(struct fake_tsm *tsm, struct fake_dev *dev, const char *op)
{
	int *rc = tsm->hook_data;

	if (!strcmp(op, "lock"))
		*rc = pci_user_write_config_dword(dev->pdev, PCI_BASE_ADDRESS_0, 0);
}

static void config_while_locking(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);
	struct fake_tsm *tsm = config_tsm(test);
	int rc = 0;

	tsm->hook_data = &rc;
	WRITE_ONCE(tsm->hook, config_hook);
	KUNIT_EXPECT_EQ(test, 0, fake_lock(tsm, dev));
	WRITE_ONCE(tsm->hook, NULL);
	KUNIT_EXPECT_EQ(test, rc, -EPERM);
	config_leave(test, dev);

	fake_fail(tsm, "lock", 1, -EPERM);
	KUNIT_EXPECT_EQ(test, -EPERM, fake_lock(tsm, dev));
	KUNIT_EXPECT_EQ(test, 0, pci_user_write_config_byte(dev->pdev, PCI_BIST, 1));
}

/* What was kept of a value is not, if the function is not LOCKED any more */
static void config_changes_meanwhile(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);

	config_run(test, dev);
	fake_fail(config_tsm(test), "dma_disable", 1, -EIO);
	KUNIT_EXPECT_EQ(test, 0, pci_user_write_config_word(dev->pdev, PCI_COMMAND, 0));
	pci_tsm_release_wait(config_fn(dev));
	KUNIT_EXPECT_EQ(test, config_fn(dev)->state, PCI_TSM_ERROR);
	KUNIT_EXPECT_EQ(test, 0, kunit_pci_func_config_get(dev->func, PCI_COMMAND, 2) &
				 CMD_BOTH);
}

/* As sysfs and /proc/bus/pci do: all is written, or nothing */
static void config_user_check(struct kunit *test)
{
	static const u8 lines[] = { 0x10, 0x20 };
	struct fake_dev *dev = config_dev(test);

	config_goto(test, dev, PCI_TSM_RUN);
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_user_config_check(dev->pdev, PCI_CACHE_LINE_SIZE,
							   lines, sizeof(lines)));
	KUNIT_EXPECT_EQ(test, -EPERM,
			pci_tsm_user_config_check(dev->pdev, PCI_CACHE_LINE_SIZE, zeroes,
						  sizeof(zeroes)));
	KUNIT_EXPECT_EQ(test, -EPERM,
			pci_tsm_user_config_check(dev->pdev, PCI_BASE_ADDRESS_0 - 3,
						  zeroes, 4));
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_user_config_check(dev->pdev,
							   PCI_BASE_ADDRESS_0 - 3,
							   zeroes, 2));
	config_leave(test, dev);
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_user_config_check(dev->pdev, 0, zeroes,
							   sizeof(zeroes)));
}

/* MSI-X, if it was locked */
static void config_msix_locked(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);
	u16 where = dev->pdev->msix_cap + PCI_MSIX_FLAGS;
	u16 now;

	config_goto(test, dev, PCI_TSM_RUN);
	KUNIT_EXPECT_FALSE(test, config_fn(dev)->guard.msix_locked);
	WRITE_ONCE(config_fn(dev)->guard.msix_locked, true);

	pci_read_config_word(dev->pdev, where, &now);
	KUNIT_EXPECT_EQ(test, 0, pci_write_config_word(dev->pdev, where, now));
	KUNIT_EXPECT_EQ(test, PCIBIOS_SET_FAILED,
			pci_write_config_word(dev->pdev, where,
					      now | PCI_MSIX_FLAGS_ENABLE));
	KUNIT_EXPECT_EQ(test, PCIBIOS_SET_FAILED,
			pci_write_config_word(dev->pdev, where,
					      now | PCI_MSIX_FLAGS_MASKALL));
}

/* setpci COMMAND */
static void config_user_stops_dma(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);

	config_run(test, dev);
	KUNIT_EXPECT_EQ(test, 0, pci_user_write_config_word(dev->pdev, PCI_COMMAND,
							    PCI_COMMAND_MEMORY));
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_EQ(test, 0, pci_user_write_config_word(dev->pdev, PCI_COMMAND,
							    CMD_BOTH));
	KUNIT_EXPECT_TRUE(test, dev->dma);

	/* What a driver stopped, only the driver resumes */
	pci_clear_master(dev->pdev);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_EQ(test, 0, pci_user_write_config_word(dev->pdev, PCI_COMMAND,
							    CMD_BOTH));
	KUNIT_EXPECT_FALSE(test, dev->dma);
	pci_set_master(dev->pdev);
	KUNIT_EXPECT_TRUE(test, dev->dma);
	fake_check(config_tsm(test), dev);
}

/* Nobody gets DMA without a driver */
static void config_user_without_driver(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);

	config_run(test, dev);
	fake_unbind(dev);
	KUNIT_EXPECT_EQ(test, 0, pci_user_write_config_word(dev->pdev, PCI_COMMAND,
							    PCI_COMMAND_MEMORY));
	KUNIT_EXPECT_EQ(test, 0, pci_user_write_config_word(dev->pdev, PCI_COMMAND,
							    CMD_BOTH));
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_EQ(test, config_fn(dev)->state, PCI_TSM_RUN);
}

/* A driver that writes the register itself, where it may not sleep */
static void config_driver_stops_dma(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);
	u16 command;

	config_run(test, dev);
	scoped_guard(irqsave)
		pci_write_config_word(dev->pdev, PCI_COMMAND, PCI_COMMAND_MEMORY);
	flush_work(&config_fn(dev)->guard.work);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_EQ(test, config_fn(dev)->state, PCI_TSM_RUN);

	/* Who changes another bit finds it set, and does not mean it */
	pci_read_config_word(dev->pdev, PCI_COMMAND, &command);
	KUNIT_EXPECT_TRUE(test, command & PCI_COMMAND_MASTER);
	pci_write_config_word(dev->pdev, PCI_COMMAND, command | PCI_COMMAND_INTX_DISABLE);
	flush_work(&config_fn(dev)->guard.work);
	KUNIT_EXPECT_FALSE(test, dev->dma);

	pci_set_master(dev->pdev);
	KUNIT_EXPECT_TRUE(test, dev->dma);

	/* The next driver starts from anew */
	pci_write_config_word(dev->pdev, PCI_COMMAND, 0);
	fake_unbind(dev);
	KUNIT_ASSERT_EQ(test, 0, fake_bind(dev));
	flush_work(&config_fn(dev)->guard.work);
	KUNIT_EXPECT_TRUE(test, dev->dma);

	/* Even if what the last one wrote is not dealt with yet */
	WRITE_ONCE(config_fn(dev)->guard.stop, true);
	KUNIT_EXPECT_EQ(test, 0, pci_tsm_fn_attach(config_fn(dev)));
	KUNIT_EXPECT_FALSE(test, READ_ONCE(config_fn(dev)->guard.stop));
	fake_check(config_tsm(test), dev);
}

/* A driver that wants DMA again while the work of a moment ago is under way */
static void config_driver_changes_its_mind(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);
	struct pci_tsm_fn *fn = config_fn(dev);

	config_run(test, dev);
	scoped_guard(mutex, &fn->lock) {
		pci_write_config_word(dev->pdev, PCI_COMMAND, PCI_COMMAND_MEMORY);
		/* Time for the work to get as far as the lock */
		msleep(100);
		WRITE_ONCE(fn->guard.stop, false);
	}
	flush_work(&fn->guard.work);
	KUNIT_EXPECT_TRUE(test, dev->dma);
	fake_check(config_tsm(test), dev);
}

/* A host that denies that the bit is set */
static void config_host_denies_master(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);

	config_run(test, dev);
	kunit_pci_func_config_set(dev->func, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	pci_write_config_word(dev->pdev, PCI_COMMAND, PCI_COMMAND_MEMORY);
	flush_work(&config_fn(dev)->guard.work);
	KUNIT_EXPECT_FALSE(test, dev->dma);

	pci_set_master(dev->pdev);
	KUNIT_EXPECT_TRUE(test, dev->dma);
	kunit_pci_func_config_set(dev->func, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	pci_disable_device(dev->pdev);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_EQ(test, 0, pci_enable_device(dev->pdev));
	pci_set_master(dev->pdev);
	fake_check(config_tsm(test), dev);
}

struct late_write {
	struct work_struct work;
	struct pci_dev *pdev;
	int rc;
};

static void late_write(struct work_struct *work)
{
	struct late_write *late = container_of(work, struct late_write, work);

	late->rc = pci_user_write_config_word(late->pdev, PCI_COMMAND, 0);
}

/* A write by userspace that had to wait for a reset is judged like any other */
static void config_user_waits_for_reset(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);
	struct late_write late = { .pdev = dev->pdev, .rc = 1 };

	config_run(test, dev);
	kunit_pci_func_config_set(dev->func, PCI_COMMAND, 2, CMD_BOTH);
	INIT_WORK_ONSTACK(&late.work, late_write);
	pci_cfg_access_lock(dev->pdev);
	/* In the middle of an FLR */
	WRITE_ONCE(config_fn(dev)->restore.pending, true);
	kunit_pci_func_config_set(dev->func, PCI_COMMAND, 2, 0);
	queue_work(system_unbound_wq, &late.work);
	msleep(100);
	kunit_pci_func_config_set(dev->func, PCI_COMMAND, 2, CMD_BOTH);
	WRITE_ONCE(config_fn(dev)->restore.pending, false);
	pci_cfg_access_unlock(dev->pdev);
	flush_work(&late.work);
	destroy_work_on_stack(&late.work);

	KUNIT_EXPECT_EQ(test, 0, late.rc);
	KUNIT_EXPECT_EQ(test, CMD_BOTH,
			kunit_pci_func_config_get(dev->func, PCI_COMMAND, 2));
	KUNIT_EXPECT_FALSE(test, dev->dma);
}

/* The kernel's own ways to configure what must keep still */
static void config_frozen(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);

	for (int state = PCI_TSM_UNLOCKED; state <= PCI_TSM_ERROR; state++) {
		bool busy = state == PCI_TSM_LOCKED || state == PCI_TSM_RUN;

		config_goto(test, dev, state);
		KUNIT_EXPECT_EQ(test, busy ? -EBUSY : 0,
				pci_tsm_config_frozen(dev->pdev, "test"));
		config_leave(test, dev);
	}
}

/* D3hot resets this function */
static void config_power(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);
	struct pci_dev *pdev = dev->pdev;
	int pmcsr = pdev->pm_cap + PCI_PM_CTRL;

	config_goto(test, dev, PCI_TSM_RUN);
	KUNIT_EXPECT_EQ(test, -EBUSY, pci_set_power_state(pdev, PCI_D3hot));
	KUNIT_EXPECT_EQ(test, -EBUSY, pci_set_power_state(pdev, PCI_D3cold));
	KUNIT_EXPECT_EQ(test, pdev->current_state, PCI_D0);
	KUNIT_EXPECT_EQ(test, 0, kunit_pci_func_config_get(dev->func, pmcsr, 2) & 3);

	/* Not if it keeps its state there */
	kunit_pci_func_config_set(dev->func, pmcsr, 2, PCI_PM_CTRL_NO_SOFT_RESET);
	KUNIT_EXPECT_EQ(test, -EBUSY, pci_set_power_state(pdev, PCI_D3cold));
	KUNIT_EXPECT_EQ(test, 0, pci_set_power_state(pdev, PCI_D3hot));
	KUNIT_EXPECT_EQ(test, pdev->current_state, PCI_D3hot);
	KUNIT_EXPECT_EQ(test, 0, pci_set_power_state(pdev, PCI_D0));

	/* Or is restored afterwards, of which userspace cannot make use */
	kunit_pci_func_config_set(dev->func, pmcsr, 2, 0);
	KUNIT_ASSERT_EQ(test, 0, pci_tsm_restore_arm(config_fn(dev), true));
	KUNIT_EXPECT_EQ(test, -EPERM, pci_user_write_config_word(pdev, pmcsr, 3));
	KUNIT_EXPECT_EQ(test, 0, pci_set_power_state(pdev, PCI_D3hot));
	KUNIT_EXPECT_EQ(test, pdev->current_state, PCI_D3hot);
	KUNIT_EXPECT_EQ(test, 0, pci_set_power_state(pdev, PCI_D0));

	config_leave(test, dev);
	KUNIT_EXPECT_EQ(test, 0, pci_set_power_state(pdev, PCI_D3hot));
	KUNIT_EXPECT_EQ(test, 0, pci_set_power_state(pdev, PCI_D0));
}

static void config_shutdown_driver(struct pci_dev *pdev)
{
}

static void config_stop_shutdown(void *data)
{
	fake_driver.shutdown = NULL;
}

/* Before another kernel takes over: quiet, and unlocked */
static void config_shutdown(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);

	KUNIT_ASSERT_EQ(test, 0, kunit_add_action(test, config_stop_shutdown, NULL));
	fake_driver.shutdown = config_shutdown_driver;
	config_run(test, dev);
	scoped_guard(device, &dev->pdev->dev)
		pci_tsm_shutdown(dev->pdev);
	KUNIT_EXPECT_EQ(test, dev->state, PCI_TSM_UNLOCKED);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	/* If the driver still maps memory, that is not given to the host */
	KUNIT_EXPECT_TRUE(test, dev_dma_cc_private(&dev->pdev->dev));
	/* And stays so */
	fake_unbind(dev);
	KUNIT_EXPECT_EQ(test, -ENXIO, fake_lock(config_tsm(test), dev));
}

/* A driver that does not know may still access its MMIO */
static void config_shutdown_without(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);

	config_run(test, dev);
	KUNIT_ASSERT_EQ(test, 0, pci_tsm_restore_arm(config_fn(dev), true));
	scoped_guard(device, &dev->pdev->dev)
		pci_tsm_shutdown(dev->pdev);
	KUNIT_EXPECT_FALSE(test, config_fn(dev)->restore.armed);
	KUNIT_EXPECT_EQ(test, dev->state, PCI_TSM_RUN);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_NE(test, dev->private, 0);

	/* Nothing makes it do DMA again */
	pci_set_master(dev->pdev);
	KUNIT_EXPECT_FALSE(test, dev->dma);
}

/* What the next kernel does with it */
static void config_left_in_run(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);

	dev->state = PCI_TSM_RUN;
	dev->private = SZ_64K;
	config_goto(test, dev, PCI_TSM_LOCKED);
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	fake_check(config_tsm(test), dev);
}

/* What could not be taken back at once can be by an unlock */
static void config_left_in_run_for_longer(struct kunit *test)
{
	struct fake_dev *dev = config_dev(test);

	dev->state = PCI_TSM_RUN;
	dev->private = SZ_64K;
	dev->dma = true;
	fake_fail(config_tsm(test), "mmio_teardown", 1, -EIO);
	KUNIT_EXPECT_NE(test, 0, fake_lock(config_tsm(test), dev));
	KUNIT_EXPECT_EQ(test, config_fn(dev)->state, PCI_TSM_ERROR);
	KUNIT_EXPECT_FALSE(test, dev->dma);
	KUNIT_EXPECT_EQ(test, 0, fake_unlock(config_tsm(test), dev));
	KUNIT_EXPECT_EQ(test, dev->private, 0);
	fake_check(config_tsm(test), dev);
}

static struct kunit_case config_test_cases[] = {
	KUNIT_CASE_PARAM(config_guarded, reg_gen_params),
	KUNIT_CASE_PARAM(config_unlocked, reg_gen_params),
	KUNIT_CASE_PARAM(config_error, reg_gen_params),
	KUNIT_CASE_PARAM(config_guard_off, reg_gen_params),
	KUNIT_CASE_PARAM(config_during_reset, reg_gen_params),
	KUNIT_CASE(config_plain),
	KUNIT_CASE(config_while_locking),
	KUNIT_CASE(config_changes_meanwhile),
	KUNIT_CASE(config_user_check),
	KUNIT_CASE(config_msix_locked),
	KUNIT_CASE(config_user_stops_dma),
	KUNIT_CASE(config_user_without_driver),
	KUNIT_CASE(config_driver_stops_dma),
	KUNIT_CASE(config_driver_changes_its_mind),
	KUNIT_CASE(config_host_denies_master),
	KUNIT_CASE(config_user_waits_for_reset),
	KUNIT_CASE(config_frozen),
	KUNIT_CASE(config_power),
	KUNIT_CASE(config_shutdown),
	KUNIT_CASE(config_shutdown_without),
	KUNIT_CASE(config_left_in_run),
	KUNIT_CASE(config_left_in_run_for_longer),
	{}
};

static struct kunit_suite config_test_suite = {
	.name = "pci_tsm_config",
	.test_cases = config_test_cases,
};

kunit_test_suite(config_test_suite);

MODULE_DESCRIPTION("KUnit tests of the configuration of a locked function");
MODULE_LICENSE("GPL");
