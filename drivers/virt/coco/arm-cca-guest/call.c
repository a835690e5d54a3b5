// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arm CCA device assignment: the way out of the Realm. All calls to the RMM,
 * and through it to the host, take the one function below. Neither the host nor
 * the device can be relied on to bring an operation to an end: a loop on an
 * answer of theirs takes a struct arm_cca_wait.
 */
#include <kunit/static_stub.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>

#include "arm-cca-da.h"

#define ARM_CCA_SLEEP_MIN_US	100
#define ARM_CCA_SLEEP_MAX_US	2000

/**
 * arm_cca_smc - make a call to the RMM
 * @args: function id and arguments
 * @res: results
 *
 * Context: Process context.
 */
void arm_cca_smc(const struct arm_smccc_1_2_regs *args,
		 struct arm_smccc_1_2_regs *res)
{
	KUNIT_STATIC_STUB_REDIRECT(arm_cca_smc, args, res);

	arm_smccc_1_2_smc(args, res);
}

/**
 * arm_cca_wait_start - begin an operation that may need several calls
 * @wait: to be initialized
 * @vdev: the function that it is for
 *
 * Context: Any context.
 */
void arm_cca_wait_start(struct arm_cca_wait *wait,
			const struct arm_cca_vdev *vdev)
{
	wait->deadline = jiffies + ARM_CCA_TIMEOUT_SECS * HZ;
	if (vdev->collecting && time_before(vdev->deadline, wait->deadline))
		wait->deadline = vdev->deadline;
	wait->us = ARM_CCA_SLEEP_MIN_US;
	wait->killable = vdev->killable;
}

/**
 * arm_cca_sleep - one pause between two calls
 * @wait: the operation
 *
 * Context: Process context, may sleep.
 */
void arm_cca_sleep(struct arm_cca_wait *wait)
{
	KUNIT_STATIC_STUB_REDIRECT(arm_cca_sleep, wait);

	fsleep(wait->us);
}

/**
 * arm_cca_wait_check - is there patience left
 * @wait: the operation
 *
 * Context: Any context.
 * Return: 0, %-ETIMEDOUT when the operation took too long, or %-EINTR.
 */
int arm_cca_wait_check(const struct arm_cca_wait *wait)
{
	if (wait->killable && fatal_signal_pending(current))
		return -EINTR;
	if (time_after(jiffies, wait->deadline))
		return -ETIMEDOUT;

	return 0;
}

/**
 * arm_cca_wait - let some time pass before a call is repeated
 * @wait: the operation
 *
 * Context: Process context, may sleep.
 * Return: 0, %-ETIMEDOUT when the operation took too long, or %-EINTR.
 */
int arm_cca_wait(struct arm_cca_wait *wait)
{
	int rc = arm_cca_wait_check(wait);

	if (rc)
		return rc;

	arm_cca_sleep(wait);
	wait->us = min(2 * wait->us, ARM_CCA_SLEEP_MAX_US);
	return 0;
}
