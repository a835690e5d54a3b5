/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of verify() that judges what a device says of itself, once it is certain that
 * the device says it.
 */

#ifndef PCITSM_VERIFY_JUDGE_H
#define PCITSM_VERIFY_JUDGE_H

#include "report.h"
#include "spdm.h"
#include "verify.h"

/*
 * Each returns what comes of its check, with what was found in @why. @report is not for
 * use unless judge_report() said RESULT_GOOD.
 */
enum result judge_measurements(const struct expectation *want,
			       const struct spdm_measurements *meas, struct why *why);
enum result judge_device_mode(const struct expectation *want,
			      const struct spdm_measurements *meas, struct why *why);
enum result judge_svn(const struct expectation *want, const struct spdm_measurements *meas,
		      struct why *why);
enum result judge_report(const struct expectation *want, const struct evidence *ev,
			 struct report *report, struct bars *bars, struct why *why);

#endif /* PCITSM_VERIFY_JUDGE_H */
