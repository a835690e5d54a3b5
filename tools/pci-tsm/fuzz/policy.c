// SPDX-License-Identifier: GPL-2.0
/*
 * Policy files. What is read has no rule that would allow more than it says.
 */

#include "fuzz.h"
#include "policy-rule.h"

static void check_rule(const struct policy_rule *rule)
{
	MUST(rule->rule.name && *rule->rule.name);
	MUST(rule->rule.want.roots);
	MUST(rule->match.keys);
	MUST(rule->rule.want.need_report);
	for (size_t i = 0; i < rule->rule.want.nr_required; i++) {
		const struct measurement *m = &rule->rule.want.required[i];

		MUST(m->index && m->index != 0xff && m->value.data);
		MUST(!(rule->rule.want.ignored[m->index / 64] >> m->index % 64 & 1));
		for (size_t j = 0; j < i; j++)
			MUST(rule->rule.want.required[j].index != m->index);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy *policy = calloc(1, sizeof(*policy));
	struct bytes text;

	/* As bytes_read_file() leaves it: with a zero byte behind the end */
	text = fuzz_copy(data, size);
	text.data = realloc(text.data, size + 1);
	MUST(policy && text.data);
	text.data[size] = 0;
	if (!policy_parse(policy, "10-fuzz.json", &text))
		for (size_t i = 0; i < policy->nr_rules; i++)
			check_rule(policy->rules[i]);
	policy_free(policy);
	free(text.data);
	return 0;
}
