// SPDX-License-Identifier: GPL-2.0
/* KUnit tests of which functions are held, and from what */

#include <kunit/test.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include "../../pci.h"
#include "fake.h"

struct gate_case {
	const char *name;
	enum pci_tsm_hold hold;
	bool cc_guest;
	u32 devcap;
	int type;
	bool managed;
};

static const struct gate_case gate_cases[] = {
	{ "endpoint in a confidential VM", PCI_TSM_HOLD_AUTO, true,
	  PCI_EXP_DEVCAP_TEE, PCI_EXP_TYPE_ENDPOINT, true },
	{ "integrated endpoint in a confidential VM", PCI_TSM_HOLD_AUTO, true,
	  PCI_EXP_DEVCAP_TEE, PCI_EXP_TYPE_RC_END, true },
	{ "legacy endpoint in a confidential VM", PCI_TSM_HOLD_AUTO, true,
	  PCI_EXP_DEVCAP_TEE, PCI_EXP_TYPE_LEG_END, true },
	{ "never: has a state still", PCI_TSM_HOLD_NEVER, true,
	  PCI_EXP_DEVCAP_TEE, PCI_EXP_TYPE_ENDPOINT, true },
	{ "always, on a host", PCI_TSM_HOLD_ALWAYS, false,
	  PCI_EXP_DEVCAP_TEE, PCI_EXP_TYPE_ENDPOINT, true },
	{ "auto, on a host", PCI_TSM_HOLD_AUTO, false,
	  PCI_EXP_DEVCAP_TEE, PCI_EXP_TYPE_ENDPOINT, false },
	{ "never, on a host", PCI_TSM_HOLD_NEVER, false,
	  PCI_EXP_DEVCAP_TEE, PCI_EXP_TYPE_ENDPOINT, false },
	{ "no TDISP", PCI_TSM_HOLD_ALWAYS, true,
	  (u32)~PCI_EXP_DEVCAP_TEE, PCI_EXP_TYPE_ENDPOINT, false },
	{ "upstream port with a DSM", PCI_TSM_HOLD_ALWAYS, true,
	  PCI_EXP_DEVCAP_TEE, PCI_EXP_TYPE_UPSTREAM, false },
	{ "root port", PCI_TSM_HOLD_ALWAYS, true,
	  PCI_EXP_DEVCAP_TEE, PCI_EXP_TYPE_ROOT_PORT, false },
};

KUNIT_ARRAY_PARAM_DESC(gate, gate_cases, name);

static void gate_manages(struct kunit *test)
{
	const struct gate_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, c->managed,
			pci_tsm_gate_manages(c->hold, c->cc_guest, c->devcap,
					     c->type));
}

/* A driver that is there first gets the plain function, not the held one */
static void gate_driver_first(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *tee = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE);
	struct fake_dev *plain = fake_dev_add(tsm, 2, 0);

	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &fake_driver));
	fake_tsm_probe(tsm);

	KUNIT_EXPECT_NULL(test, tee->pdev->dev.driver);
	KUNIT_EXPECT_NOT_NULL(test, tee->pdev->tsm_fn);
	KUNIT_EXPECT_NOT_NULL(test, plain->pdev->dev.driver);
	KUNIT_EXPECT_NULL(test, plain->pdev->tsm_fn);
}

/* So does one that comes later */
static void gate_driver_later(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *tee = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE);
	struct fake_dev *plain = fake_dev_add(tsm, 2, 0);

	fake_tsm_probe(tsm);
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &fake_driver));

	KUNIT_EXPECT_NULL(test, tee->pdev->dev.driver);
	KUNIT_EXPECT_NOT_NULL(test, plain->pdev->dev.driver);
}

/* Not before RUN, but then by itself */
static void gate_release(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE);

	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &fake_driver));

	KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, dev));
	device_initial_probe(&dev->pdev->dev);
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);

	KUNIT_ASSERT_EQ(test, 1, fake_accept(dev));
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
	device_initial_probe(&dev->pdev->dev);
	KUNIT_EXPECT_NOT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_TRUE(test, dev->dma);
	fake_check(tsm, dev);

	/* Unbound and unlocked, it is held again */
	fake_unbind(dev);
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(tsm, dev));
	device_initial_probe(&dev->pdev->dev);
	KUNIT_EXPECT_NULL(test, dev->pdev->dev.driver);
}

/* hold=never: drivers come at T=0, LOCK and RUN work all the same */
static void gate_never(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE);
	struct pci_tsm_fn *fn;

	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	fn = dev->pdev->tsm_fn;
	fn->hold = false;
	dev_clear_no_autoprobe(&dev->pdev->dev);
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &fake_driver));
	KUNIT_EXPECT_NOT_NULL(test, dev->pdev->dev.driver);
	KUNIT_EXPECT_FALSE(test, dev_dma_cc_private(&dev->pdev->dev));

	fake_unbind(dev);
	KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, dev));
	KUNIT_EXPECT_TRUE(test, dev_no_autoprobe(&dev->pdev->dev));
	KUNIT_ASSERT_EQ(test, 0, fake_unlock(tsm, dev));
	KUNIT_EXPECT_FALSE(test, dev_no_autoprobe(&dev->pdev->dev));
}

/* On an ordinary machine nothing is held and nothing allocated */
static void gate_not_confidential(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *dev = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE);

	pci_tsm_hold = PCI_TSM_HOLD_AUTO;
	KUNIT_ASSERT_EQ(test, 0, kunit_pci_register_driver(test, &fake_driver));
	fake_tsm_probe(tsm);
	KUNIT_EXPECT_NULL(test, dev->pdev->tsm_fn);
	KUNIT_EXPECT_NOT_NULL(test, dev->pdev->dev.driver);
}

static const char *uevent_var(struct kobj_uevent_env *env, const char *key)
{
	size_t len = strlen(key);

	for (int i = 0; i < env->envp_idx; i++)
		if (!strncmp(env->envp[i], key, len) && env->envp[i][len] == '=')
			return env->envp[i] + len + 1;
	return NULL;
}

/* The state is in every uevent of a managed function, and of no other one */
static void gate_uevent(struct kunit *test)
{
	struct fake_tsm *tsm = fake_tsm_create(test);
	struct fake_dev *tee = fake_dev_add(tsm, 1, PCI_EXP_DEVCAP_TEE);
	struct fake_dev *plain = fake_dev_add(tsm, 2, 0);
	struct kobj_uevent_env *env;

	fake_tsm_probe(tsm);
	fake_tsm_register(tsm);
	env = kunit_kzalloc(test, sizeof(*env), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, env);

	KUNIT_ASSERT_EQ(test, 0, pci_bus_type.uevent(&tee->pdev->dev, env));
	KUNIT_EXPECT_STREQ(test, uevent_var(env, "PCI_TSM_STATE"), "unlocked");

	memset(env, 0, sizeof(*env));
	KUNIT_ASSERT_EQ(test, 0, fake_lock(tsm, tee));
	KUNIT_ASSERT_EQ(test, 0, pci_bus_type.uevent(&tee->pdev->dev, env));
	KUNIT_EXPECT_STREQ(test, uevent_var(env, "PCI_TSM_STATE"), "locked");

	memset(env, 0, sizeof(*env));
	KUNIT_ASSERT_EQ(test, 0, pci_bus_type.uevent(&plain->pdev->dev, env));
	KUNIT_EXPECT_NULL(test, uevent_var(env, "PCI_TSM_STATE"));
}

static struct kunit_case gate_kunit_cases[] = {
	KUNIT_CASE_PARAM(gate_manages, gate_gen_params),
	KUNIT_CASE(gate_driver_first),
	KUNIT_CASE(gate_driver_later),
	KUNIT_CASE(gate_release),
	KUNIT_CASE(gate_never),
	KUNIT_CASE(gate_not_confidential),
	KUNIT_CASE(gate_uevent),
	{}
};

static struct kunit_suite gate_suite = {
	.name = "pci_tsm_gate",
	.test_cases = gate_kunit_cases,
};

kunit_test_suite(gate_suite);

MODULE_DESCRIPTION("KUnit tests of which TDISP functions are held");
MODULE_LICENSE("GPL");
