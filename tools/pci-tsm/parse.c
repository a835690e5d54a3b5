// SPDX-License-Identifier: GPL-2.0
/*
 * Words for why a parser refused something.
 */

#include <errno.h>
#include <stdio.h>

#include "parse.h"

int refuse(struct why *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);

	/* Names in it may come from a certificate */
	for (char *c = why->text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return -EBADMSG;
}
