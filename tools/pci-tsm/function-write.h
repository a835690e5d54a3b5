/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing to tsm/, with the message if that fails.
 */

#ifndef PCITSM_FUNCTION_WRITE_H
#define PCITSM_FUNCTION_WRITE_H

#include "explain.h"

/**
 * function_write() - write to an attribute of tsm/
 * @fn: the function; is read again if the write fails
 * @what: for the message
 * @path: the attribute
 * @data: what to write
 * @size: its size
 *
 * Complains.
 * Return: 0 or a negative error number, -ENODEV if the function is gone.
 */
int function_write(struct function *fn, enum write what, const char *path, const void *data,
		   size_t size);

#endif /* PCITSM_FUNCTION_WRITE_H */
