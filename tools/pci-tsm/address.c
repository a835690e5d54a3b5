// SPDX-License-Identifier: GPL-2.0
/*
 * Names in the interface of the kernel.
 */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"

#define MOST_DOMAIN_DIGITS 8
#define DIGEST_DIGITS 96

struct address {
	unsigned long domain, bus, device, function;
};

/* A hexadecimal number of @least to @most digits. Return: what is behind it, NULL: none. */
static const char *number(const char *p, int least, int most, unsigned long *value)
{
	int digits = 0;

	*value = 0;
	while (digits < most && isxdigit((unsigned char)p[digits])) {
		char digit[2] = { p[digits++], 0 };

		*value = *value << 4 | strtoul(digit, NULL, 16);
	}
	return digits < least ? NULL : p + digits;
}

/* Return: what is behind @c, NULL: there is none, or was nothing before */
static const char *behind(const char *p, char c)
{
	return p && *p == c ? p + 1 : NULL;
}

static int parse(const char *text, struct address *a)
{
	const char *p = text;

	a->domain = 0;
	/* Only the long form has two colons */
	if (strchr(text, ':') != strrchr(text, ':')) {
		p = behind(number(p, 4, MOST_DOMAIN_DIGITS, &a->domain), ':');
		if (!p)
			return -EINVAL;
	}
	p = behind(number(p, 2, 2, &a->bus), ':');
	if (p)
		p = behind(number(p, 2, 2, &a->device), '.');
	if (p)
		p = number(p, 1, 1, &a->function);
	if (!p || *p || a->device > 0x1f || a->function > 7)
		return -EINVAL;
	return 0;
}

int address_parse(const char *text, char *address)
{
	const char *last = strrchr(text, '/');
	struct address a;

	if (parse(last ? last + 1 : text, &a))
		return -EINVAL;
	snprintf(address, FUNCTION_ADDRESS, "%04lx:%02lx:%02lx.%lx", a.domain, a.bus, a.device,
		 a.function);
	return 0;
}

static int order(unsigned long a, unsigned long b)
{
	return (a > b) - (a < b);
}

int address_compare(const char *a, const char *b)
{
	struct address f = { 0 }, g = { 0 };

	parse(a, &f);
	parse(b, &g);
	return order(f.domain, g.domain) ?: order(f.bus, g.bus) ?: order(f.device, g.device) ?:
	       order(f.function, g.function);
}

bool address_is_tsm(const char *text)
{
	size_t digits;

	if (strncmp(text, "tsm", 3))
		return false;
	digits = strspn(text + 3, "0123456789");
	return digits >= 1 && digits <= 10 && !text[3 + digits];
}

bool address_is_digest(const char *text)
{
	if (strncmp(text, "sha384:", 7))
		return false;
	text += 7;
	return strspn(text, "0123456789abcdef") == DIGEST_DIGITS && !text[DIGEST_DIGITS];
}
