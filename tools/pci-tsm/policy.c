// SPDX-License-Identifier: GPL-2.0
/*
 * Policy: the list of rules, and which one is for a function.
 */

#include <stdlib.h>
#include <string.h>

#include "policy-rule.h"

struct policy_rule *policy_add_rule(struct policy *policy)
{
	struct policy_rule **rules, *rule;

	if (policy->nr_rules == POLICY_RULES_MOST)
		return NULL;
	rules = reallocarray(policy->rules, policy->nr_rules + 1, sizeof(*rules));
	if (!rules)
		return NULL;
	policy->rules = rules;
	rule = calloc(1, sizeof(*rule));
	if (!rule)
		return NULL;
	rule->rule.restore = true;
	rule->rule.want.need_report = true;
	rules[policy->nr_rules++] = rule;
	return rule;
}

static void free_rule(struct policy_rule *rule)
{
	for (size_t i = 0; i < rule->nr_required; i++)
		bytes_free(&rule->required[i].value);
	free(rule->required);
	free(rule->name);
	free(rule->file);
	free(rule->roots);
	free(rule->tsm);
	free(rule);
}

void policy_free(struct policy *policy)
{
	if (!policy)
		return;
	for (size_t i = 0; i < policy->nr_rules; i++)
		free_rule(policy->rules[i]);
	free(policy->rules);
	free(policy);
}

const struct rule *policy_rule(const struct policy *policy, size_t n)
{
	return n < policy->nr_rules ? &policy->rules[n]->rule : NULL;
}

static bool fits(const struct match *match, const struct function *fn)
{
	const struct {
		enum match_key key;
		uint32_t wanted, found;
	} ids[] = {
		{ MATCH_VENDOR, match->vendor, fn->vendor },
		{ MATCH_DEVICE, match->device, fn->device },
		{ MATCH_SUBSYSTEM_VENDOR, match->subsystem_vendor, fn->subsystem_vendor },
		{ MATCH_SUBSYSTEM_DEVICE, match->subsystem_device, fn->subsystem_device },
		{ MATCH_REVISION, match->revision, fn->revision },
		{ MATCH_CLASS, match->class, fn->class & match->class_mask },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (match->keys & ids[i].key && ids[i].wanted != ids[i].found)
			return false;
	return !(match->keys & MATCH_SLOT) || !strcmp(match->slot, fn->address);
}

const struct rule *policy_match(const struct policy *policy, const struct function *fn)
{
	for (size_t i = 0; i < policy->nr_rules; i++)
		if (fits(&policy->rules[i]->match, fn))
			return &policy->rules[i]->rule;
	return NULL;
}
