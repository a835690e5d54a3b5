/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the error numbers of writes to tsm/ mean, and what to do.
 */

#ifndef PCITSM_EXPLAIN_H
#define PCITSM_EXPLAIN_H

#include "function.h"

enum write {
	WRITE_LOCK,
	WRITE_NONCE,
	WRITE_ACCEPT,
	WRITE_UNLOCK,
	WRITE_RESTORE,
	NR_WRITES,
};

/**
 * explain() - say why a write failed and what to do
 * @fn: the function, as it is after the write
 * @what: what was written to
 * @error: the negative error number
 * @text: room for the message, without the name of the function
 * @room: how much
 *
 * Return: @text.
 */
const char *explain(const struct function *fn, enum write what, int error, char *text,
		    size_t room);

#endif /* PCITSM_EXPLAIN_H */
