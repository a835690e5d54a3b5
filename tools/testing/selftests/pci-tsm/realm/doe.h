/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor: Data Object Exchange mailbox of a function
 */
#ifndef DOE_H
#define DOE_H

#include "monitor.h"

#define DOE_TYPE_DISCOVERY	0
#define DOE_TYPE_CMA_SPDM	1

/* QEMU passes objects of up to this size on, with the header of two dwords */
#define DOE_OBJECT_MAX		0x1200
#define DOE_HEADER_LEN		8
#define DOE_PAYLOAD_MAX		(DOE_OBJECT_MAX - DOE_HEADER_LEN)

unsigned int doe_find(u16 rid, u8 type);
bool doe_exchange(u16 rid, unsigned int cap, u8 type, const u8 *req, u32 len,
		  u8 rsp[DOE_PAYLOAD_MAX], u32 *rsp_len);

#endif /* DOE_H */
