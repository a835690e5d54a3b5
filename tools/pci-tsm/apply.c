// SPDX-License-Identifier: GPL-2.0
/*
 * Carry out policy for one function: lock, collect, verify, accept; or leave it held.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "cmd.h"
#include "explain.h"
#include "nonce.h"

/* How often all is begun anew if evidence is collected anew between two steps */
#define TRIES 3

static void __printf(3, 4)
end(struct applied *done, enum outcome outcome, const char *format, ...)
{
	va_list args;

	done->outcome = outcome;
	va_start(args, format);
	vsnprintf(done->reason, sizeof(done->reason), format, args);
	va_end(args);
}

/* @what: what could not be done. The log has nothing but this line. */
static void end_failed(struct applied *done, const struct function *fn, const char *what,
		       enum write step, int rc)
{
	char text[512];

	done->unsupported = cmd_status(rc) == STATUS_UNSUPPORTED;
	end(done, rc == -ESTALE ? APPLY_STALE : APPLY_FAILED, "%s: %s", what,
	    explain(fn, step, rc, text, sizeof(text)));
}

void apply_first_bad(const struct verdict *v, char *text, size_t size)
{
	for (int i = 0; i < NR_CHECKS; i++) {
		if (v->result[i] != RESULT_BAD)
			continue;
		snprintf(text, size, "%s: %s", check_names[i], v->text[i]);
		return;
	}
	snprintf(text, size, "it was not proved who made it");
}

/* What stands in the way before anything is done */
static bool can_begin(const struct function *fn, struct applied *done)
{
	if (!strcmp(fn->state, "run")) {
		end(done, APPLY_ALREADY, "it is in run already");
		return false;
	}
	if (!done->rule) {
		end(done, APPLY_NO_RULE, "no rule of the policy matches it");
		return false;
	}
	if (!strcmp(fn->state, "error")) {
		end(done, APPLY_FAILED, "it is in error; unlock it first: pcitsm unlock %s",
		    fn->address);
		return false;
	}
	if (fn->driver[0]) {
		end(done, APPLY_FAILED,
		    "driver %s is bound to it; unbind it: echo %s > driver/unbind in sysfs",
		    fn->driver, fn->address);
		return false;
	}
	return true;
}

static void judge(struct function *fn, const struct evidence *ev, const uint8_t *nonce,
		  struct applied *done)
{
	struct verdict v;
	char why[600];

	if (policy_verify(done->rule, fn, ev, nonce, &v)) {
		end(done, APPLY_FAILED, "it could not be verified");
	} else if (!v.good) {
		apply_first_bad(&v, why, sizeof(why));
		end(done, APPLY_REFUSED, "%s", why);
	} else if (!v.digest[0]) {
		end(done, APPLY_REFUSED, "there is nothing to accept it by: no digest");
	} else {
		strcpy(done->digest, v.digest);
		end(done, APPLY_ACCEPTED, "it is what the rule wants");
	}
	verdict_free(&v);
}

static void verify_locked(struct function *fn, struct applied *done)
{
	uint8_t nonce[EVIDENCE_NONCE_SIZE];
	struct evidence ev;
	int rc;

	rc = nonce_get(NULL, nonce);
	if (!rc)
		rc = function_collect(fn, nonce, &ev);
	if (rc) {
		end_failed(done, fn, "its evidence could not be collected", WRITE_NONCE, rc);
		return;
	}
	judge(fn, &ev, nonce, done);
	evidence_free(&ev);
}

/* What was verified, and nothing else: the kernel compares the digest */
static void accept_verified(struct function *fn, struct applied *done)
{
	int rc;

	rc = function_accept(fn, done->digest);
	if (rc) {
		end_failed(done, fn, "it was verified, but could not be accepted", WRITE_ACCEPT,
			   rc);
		return;
	}
	if (!done->rule->restore && function_set_restore(fn, false))
		end(done, APPLY_FAILED,
		    "it is in run, but is restored after a reset against the rule");
}

static void give_back(struct function *fn, struct applied *done)
{
	size_t used = strlen(done->reason);

	/* It may be in run after all */
	if (function_refresh(fn) || !strcmp(fn->state, "run") || !strcmp(fn->state, "unlocked"))
		return;
	if (!function_unlock(fn))
		return;
	snprintf(done->reason + used, sizeof(done->reason) - used,
		 "; and it could not be unlocked");
	if (done->outcome == APPLY_REFUSED)
		done->outcome = APPLY_FAILED;
}

/* Return: it is locked by us now */
static bool lock(struct function *fn, struct applied *done)
{
	const char *wanted = done->rule->tsm;
	char tsm[16];
	int rc;

	rc = function_tsm(wanted, tsm);
	if (rc == -ENOTUNIQ) {
		end(done, APPLY_FAILED,
		    "it could not be locked: there are several TSMs; "
		    "name one in the rule: \"tsm\": \"%s\"", tsm);
	} else if (rc == -ENXIO) {
		done->unsupported = true;
		end(done, APPLY_FAILED,
		    "it could not be locked: there is no %s with pci_mode devsec", wanted ?: "TSM");
	} else if (rc) {
		end(done, APPLY_FAILED, "it could not be locked: no TSM was found: %s",
		    strerror(-rc));
	} else {
		rc = function_lock(fn, tsm);
		if (!rc)
			return true;
		end_failed(done, fn, "it could not be locked", WRITE_LOCK, rc);
	}
	return false;
}

/* @ours: it was or is locked here. Return: it is measured anew, so that it can be tried again */
static bool apply_once(struct function *fn, struct applied *done, bool *ours)
{
	int rc;

	done->digest[0] = 0;
	rc = function_refresh(fn);
	if (rc) {
		done->unsupported = cmd_status(rc) == STATUS_UNSUPPORTED;
		end(done, APPLY_FAILED, "it cannot be read: %s", strerror(-rc));
		return false;
	}
	if (!can_begin(fn, done))
		return false;
	if (!strcmp(fn->state, "unlocked")) {
		if (!lock(fn, done))
			return done->outcome == APPLY_STALE;
		*ours = true;
	}
	verify_locked(fn, done);
	if (done->outcome == APPLY_ACCEPTED)
		accept_verified(fn, done);
	return done->outcome == APPLY_STALE;
}

void apply(const struct policy *policy, struct function *fn, struct applied *done)
{
	bool ours = false;
	int try = 1;

	*done = (struct applied) { .rule = policy_match(policy, fn) };
	while (apply_once(fn, done, &ours) && try++ < TRIES)
		complain("%s: %s; it is tried again", fn->address, done->reason);
	if (done->outcome != APPLY_ACCEPTED && done->outcome != APPLY_ALREADY && ours)
		give_back(fn, done);
}
