// SPDX-License-Identifier: GPL-2.0
/*
 * pcitsm policy check: is a policy right, and what would come of it, and why.
 */

#include <stdio.h>
#include <string.h>

#include <json.h>

#include "apply.h"
#include "chain.h"
#include "cmd.h"
#include "show-evidence.h"

static const struct cmd_option options[] = { {} };

const struct cmd cmd_policy_verb = {
	.name = "policy",
	.operands = "check PATH [ADDRESS]",
	.help = "check a policy, and say what comes of it for functions",
	.options = options,
	.run = cmd_policy,
};

static enum status check_roots(const struct policy *policy)
{
	const struct rule *rule;

	for (size_t i = 0; (rule = policy_rule(policy, i)); i++) {
		STACK_OF(X509) *roots = NULL;

		if (chain_load_roots(rule->want.roots, &roots))
			return STATUS_USAGE;
		sk_X509_pop_free(roots, X509_free);
	}
	return STATUS_OK;
}

static struct json_object *json_rule(const struct rule *rule)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "name", json_text(rule->name));
	json_object_object_add(object, "file", json_text(rule->file));
	json_object_object_add(object, "roots", json_text(rule->want.roots));
	json_object_object_add(object, "required", json_object_new_int64(rule->want.nr_required));
	json_object_object_add(object, "restore", json_object_new_boolean(rule->restore));
	return object;
}

/* What weakens a rule is said, so that nobody overlooks it */
static void print_rule(const struct rule *rule)
{
	const struct {
		bool set;
		const char *text;
	} weak[] = {
		{ rule->any_name, "any name in the certificate" },
		{ rule->want.others_allowed, "other measurements" },
		{ rule->want.allow_debug, "debug mode" },
		{ rule->want.allow_fw_update, "firmware updates in run" },
		{ rule->want.allow_ats, "ATS" },
		{ rule->want.allow_prs, "PRS" },
	};
	const char *comma = "; allows ";

	printf("%s: rule \"%s\": %zu measurements, roots in %s, %s after resets", rule->file,
	       rule->name, rule->want.nr_required, rule->want.roots,
	       rule->restore ? "restored" : "not restored");
	for (size_t i = 0; i < ARRAY_SIZE(weak); i++) {
		if (!weak[i].set)
			continue;
		printf("%s%s", comma, weak[i].text);
		comma = ", ";
	}
	putchar('\n');
}

static enum status check_rules(const struct policy *policy)
{
	struct json_object *list = NULL;
	const struct rule *rule;

	if (globals.json)
		list = json_object_new_array();
	for (size_t i = 0; (rule = policy_rule(policy, i)); i++) {
		if (list)
			json_object_array_add(list, json_rule(rule));
		else
			print_rule(rule);
	}
	if (list)
		return json_print(list);
	if (!policy_rule(policy, 0))
		printf("there are no rules: every function stays held\n");
	return STATUS_OK;
}

/* As apply would, but nothing is changed, so that the nonce is whatever it was */
static enum status judge(struct function *fn, const struct rule *rule,
			 struct json_object *result)
{
	struct evidence ev;
	struct verdict v;
	enum status status;
	int rc;

	rc = function_collect(fn, NULL, &ev);
	if (rc)
		return cmd_status(rc);
	rc = policy_verify(rule, fn, &ev, NULL, &v);
	status = rc ? STATUS_ERROR : v.good ? STATUS_OK : STATUS_REFUSED;
	if (!rc && result)
		json_object_object_add(result, "verdict", json_verdict(&v));
	else if (!rc)
		show_verdict(&v);
	verdict_free(&v);
	evidence_free(&ev);
	return status;
}

static enum status check_function(const struct policy *policy, struct function *fn)
{
	const struct rule *rule = policy_match(policy, fn);
	bool measured = fn->digest[0];
	struct json_object *result = NULL;
	enum status status = STATUS_OK;

	if (globals.json) {
		result = json_object_new_object();
		json_object_object_add(result, "address", json_text(fn->address));
		json_object_object_add(result, "state", json_text(fn->state));
		json_object_object_add(result, "rule", rule ? json_rule(rule) : NULL);
	} else if (!rule) {
		printf("%s: no rule matches it: it stays held\n", fn->address);
	} else {
		printf("%s: rule \"%s\" of %s matches it\n", fn->address, rule->name, rule->file);
		if (!measured)
			printf("%s: it is %s: lock it to see what it is\n", fn->address, fn->state);
	}
	if (!rule)
		status = STATUS_REFUSED;
	else if (measured)
		status = judge(fn, rule, result);
	if (!result && rule && measured && (status == STATUS_OK || status == STATUS_REFUSED))
		printf("%s: apply would %s it\n", fn->address,
		       status == STATUS_OK ? "accept" : "refuse");
	if (result && json_print(result) != STATUS_OK)
		return STATUS_ERROR;
	return status;
}

int cmd_policy(int argc, char **argv)
{
	struct function fn;
	struct policy *policy;
	enum status status;
	const char *value;
	char **words;
	int nr, rc;

	while (cmd_getopt(&cmd_policy_verb, argc, argv, &value) != -1)
		;
	words = cmd_operands(&cmd_policy_verb, argc, argv, 2, 3, &nr);
	if (strcmp(words[0], "check"))
		return cmd_usage(&cmd_policy_verb, "%s: expected \"check\"", words[0]);
	if (policy_load(words[1], &policy))
		return STATUS_USAGE;
	status = check_roots(policy);
	if (status == STATUS_OK && nr == 2) {
		status = check_rules(policy);
	} else if (status == STATUS_OK) {
		rc = function_open(words[2], &fn);
		status = rc ? cmd_open_status(rc) : check_function(policy, &fn);
		if (!rc)
			function_close(&fn);
	}
	policy_free(policy);
	return status;
}
