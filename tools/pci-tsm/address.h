/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names in the interface of the kernel: addresses of functions, TSMs, evidence digests.
 */

#ifndef PCITSM_ADDRESS_H
#define PCITSM_ADDRESS_H

#include "function.h"

/**
 * address_parse() - the address that somebody gave
 * @text: "0000:00:01.0", "00:01.0" or a path that ends with one of them
 * @address: room for FUNCTION_ADDRESS: as sysfs has it
 *
 * Return: 0 or -EINVAL.
 */
int address_parse(const char *text, char *address);

/* Like strcmp(), in the order of domain, bus, device and function */
int address_compare(const char *a, const char *b);

/* "tsm" and a number */
bool address_is_tsm(const char *text);

/* "sha384:" and 96 lower-case hexadecimal digits */
bool address_is_digest(const char *text);

#endif /* PCITSM_ADDRESS_H */
