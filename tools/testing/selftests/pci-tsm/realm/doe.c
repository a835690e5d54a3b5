// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: Data Object Exchange mailbox of a function (PCIe r6.x, sec 6.30)
 *
 * The host's side of it. Each wait is bounded; whatever goes wrong, the mailbox
 * is aborted and the caller told.
 */
#include "config.h"
#include "doe.h"

#define DOE_CONTROL		0x08
#define DOE_CONTROL_ABORT	BIT(0)
#define DOE_CONTROL_GO		BIT(31)
#define DOE_STATUS		0x0c
#define DOE_STATUS_BUSY		BIT(0)
#define DOE_STATUS_ERROR	BIT(2)
#define DOE_STATUS_READY	BIT(31)
#define DOE_WRITE_MAILBOX	0x10
#define DOE_READ_MAILBOX	0x14

#define DOE_VENDOR_PCI_SIG	0x0001
#define DOE_LENGTH_MASK		0x3ffffU
#define DOE_TIMEOUT_US		1000000
#define DOE_TYPES_MAX		256
#define DOE_CAPS_MAX		8

/* A mailbox, and its Status as last read */
struct mailbox {
	u64 base;
	u32 status;
};

static void put(const struct mailbox *box, unsigned int reg, u32 val)
{
	write32(box->base + reg, val);
}

static u32 get_status(struct mailbox *box)
{
	box->status = read32(box->base + DOE_STATUS);
	return box->status;
}

/* Reads the first dword that is left and drops it from the mailbox */
static u32 pop(const struct mailbox *box)
{
	u32 val = read32(box->base + DOE_READ_MAILBOX);

	put(box, DOE_READ_MAILBOX, 0);
	return val;
}

static bool is_idle(struct mailbox *box)
{
	return !(get_status(box) & (DOE_STATUS_BUSY | DOE_STATUS_ERROR |
				    DOE_STATUS_READY));
}

static bool abort_exchange(struct mailbox *box)
{
	u64 end = now_us() + DOE_TIMEOUT_US;

	put(box, DOE_CONTROL, DOE_CONTROL_ABORT);
	while (!is_idle(box)) {
		if (now_us() > end)
			return false;
	}
	return true;
}

static bool wait_ready(struct mailbox *box)
{
	u64 end = now_us() + DOE_TIMEOUT_US;

	do {
		if (get_status(box) & DOE_STATUS_ERROR)
			return false;
		if (box->status & DOE_STATUS_READY)
			return true;
	} while (now_us() <= end);
	return false;
}

static bool send(struct mailbox *box, u8 type, const u8 *req, u32 len)
{
	u32 dwords = (len + 3) / 4;

	put(box, DOE_WRITE_MAILBOX, DOE_VENDOR_PCI_SIG | (u32)type << 16);
	put(box, DOE_WRITE_MAILBOX, dwords + DOE_HEADER_LEN / 4);
	for (u32 i = 0; i < dwords; i++) {
		u32 val = 0;

		memcpy(&val, req + 4 * i, min(4U, len - 4 * i));
		put(box, DOE_WRITE_MAILBOX, val);
	}
	if (get_status(box) & DOE_STATUS_ERROR)
		return false;
	put(box, DOE_CONTROL, DOE_CONTROL_GO);
	return true;
}

static bool receive(struct mailbox *box, u8 type, u8 *rsp, u32 *rsp_len)
{
	u32 dwords;

	if (!wait_ready(box) || pop(box) != (DOE_VENDOR_PCI_SIG | (u32)type << 16))
		return false;
	dwords = pop(box) & DOE_LENGTH_MASK;
	/* 0 stands for 2^18 */
	if (dwords < DOE_HEADER_LEN / 4 || dwords > DOE_OBJECT_MAX / 4)
		return false;
	dwords -= DOE_HEADER_LEN / 4;
	for (u32 i = 0; i < dwords; i++) {
		u32 val;

		if (!(get_status(box) & DOE_STATUS_READY))
			return false;
		val = pop(box);
		memcpy(rsp + 4 * i, &val, 4);
	}
	*rsp_len = 4 * dwords;
	/* Nothing may be left of it */
	return is_idle(box);
}

/**
 * doe_exchange - send an object and take the answer
 * @rid: the function
 * @cap: its DOE capability
 * @type: data object type of PCI-SIG
 * @req: payload
 * @len: its bytes
 * @rsp: gets the answer's payload
 * @rsp_len: gets its length, a multiple of 4
 *
 * Context: monitor lock held.
 * Return: false if there was no answer that can be used
 */
bool doe_exchange(u16 rid, unsigned int cap, u8 type, const u8 *req, u32 len,
		  u8 rsp[DOE_PAYLOAD_MAX], u32 *rsp_len)
{
	struct mailbox box = { .base = config_address(rid, cap) };

	if (len > DOE_PAYLOAD_MAX)
		return false;
	if (!is_idle(&box) && !abort_exchange(&box)) {
		mon_log("%04x: DOE: status 0x%x even after Abort", rid, box.status);
		return false;
	}
	if (send(&box, type, req, len) && receive(&box, type, rsp, rsp_len))
		return true;
	mon_log("%04x: DOE: no answer, status 0x%x", rid, box.status);
	abort_exchange(&box);
	return false;
}

static bool offers(u16 rid, unsigned int cap, u8 type)
{
	static u8 rsp[DOE_PAYLOAD_MAX];
	u8 index[4] = { };
	u32 len;

	for (unsigned int i = 0; i < DOE_TYPES_MAX; i++) {
		if (!doe_exchange(rid, cap, DOE_TYPE_DISCOVERY, index,
				  sizeof(index), rsp, &len) || len != 4)
			return false;
		if (rsp[0] == DOE_VENDOR_PCI_SIG && !rsp[1] && rsp[2] == type)
			return true;
		/* Next index; 0 is the end */
		index[0] = rsp[3];
		if (!index[0])
			return false;
	}
	return false;
}

/**
 * doe_find - find a mailbox for a type of data objects
 * @rid: the function
 * @type: data object type of PCI-SIG
 *
 * Context: monitor lock held.
 * Return: its DOE capability, 0 if there is none
 */
unsigned int doe_find(u16 rid, u8 type)
{
	unsigned int cap = 0;

	for (unsigned int i = 0; i < DOE_CAPS_MAX; i++) {
		cap = config_find_ext(rid, PCI_EXT_CAP_ID_DOE, cap);
		if (!cap || offers(rid, cap, type))
			return cap;
	}
	return 0;
}
