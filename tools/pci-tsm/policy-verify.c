// SPDX-License-Identifier: GPL-2.0
/*
 * Policy: a function against its rule.
 */

#include "policy.h"

int policy_verify(const struct rule *rule, const struct function *fn,
		  const struct evidence *ev, const uint8_t *nonce, struct verdict *v)
{
	struct expectation want = rule->want;
	char name[FUNCTION_CMA_NAME];

	function_cma_name(fn, name);
	want.name = rule->any_name ? NULL : name;
	want.nonce = nonce;
	return verify(ev, &want, v);
}
