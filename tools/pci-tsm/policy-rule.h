/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules as they are kept, between those who read and those who match them.
 */

#ifndef PCITSM_POLICY_RULE_H
#define PCITSM_POLICY_RULE_H

#include "policy.h"

#define POLICY_VERSION 1
#define POLICY_FILE_MOST 0x100000
#define POLICY_FILES_MOST 256
#define POLICY_RULES_MOST 1024
#define POLICY_NAME_MOST 64

enum match_key {
	MATCH_VENDOR		= 0x01,
	MATCH_DEVICE		= 0x02,
	MATCH_SUBSYSTEM_VENDOR	= 0x04,
	MATCH_SUBSYSTEM_DEVICE	= 0x08,
	MATCH_REVISION		= 0x10,
	MATCH_CLASS		= 0x20,
	MATCH_SLOT		= 0x40,
};

/**
 * struct match - which functions a rule is about
 * @keys: what of the following counts, never none
 * @vendor: of the function
 * @device: of this vendor
 * @subsystem_vendor: who made the card
 * @subsystem_device: of that vendor
 * @revision: of the device
 * @class: with zeros for what was left out
 * @class_mask: and which bits of it were not
 * @slot: the address
 */
struct match {
	unsigned int keys;
	uint32_t vendor;
	uint32_t device;
	uint32_t subsystem_vendor;
	uint32_t subsystem_device;
	uint32_t revision;
	uint32_t class;
	uint32_t class_mask;
	char slot[FUNCTION_ADDRESS];
};

/* @rule's pointers are owned here */
struct policy_rule {
	struct rule rule;
	struct match match;
	char *name, *file, *roots, *tsm;
	struct measurement *required;
	size_t nr_required;
};

struct policy {
	struct policy_rule **rules;
	size_t nr_rules;
};

/* Another rule at the end, with nothing allowed in it; NULL: no memory, or too many */
struct policy_rule *policy_add_rule(struct policy *policy);

/**
 * policy_parse() - add the rules of one file to a policy
 * @policy: the policy
 * @path: of the file; what it names is relative to its directory
 * @text: its contents
 *
 * Complains.
 * Return: 0 or a negative error number; some rules may have been added.
 */
int policy_parse(struct policy *policy, const char *path, const struct bytes *text);

/**
 * policy_trusted() - nobody else may write to a file
 * @path: the file or directory
 *
 * It and the directory that it is in must belong to root or the caller, and be
 * writable by them only; a sticky directory such as /tmp is fine. Complains.
 * Return: 0 or a negative error number.
 */
int policy_trusted(const char *path);

#endif /* PCITSM_POLICY_RULE_H */
