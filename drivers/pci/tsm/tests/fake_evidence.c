// SPDX-License-Identifier: GPL-2.0
/* PCI/TSM guest side: evidence of a fake function for KUnit, see fake.h */

#include <linux/array_size.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include "fake.h"

/* SPDM 1.2, ECDSA P-384, SHA-384 for everything */
static const u8 vca[] = {
	0x10, 0x84, 0, 0,			/* GET_VERSION */
	0x10, 0x04, 0, 0, 0, 1, 0x00, 0x12,	/* VERSION */
	0x12, 0xe1, 0, 0, 0, 0, 0, 0,		/* GET_CAPABILITIES */
	0, 0, 0, 0, 0, 0x12, 0, 0, 0, 0x12, 0, 0,
	0x12, 0x61, 0, 0, 0, 0, 0, 0,		/* CAPABILITIES */
	0x16, 0, 0, 0, 0, 0x12, 0, 0, 0, 0x12, 0, 0,
	0x12, 0xe3, 0, 0, 32, 0, 1, 0,		/* NEGOTIATE_ALGORITHMS */
	0x80, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0x12, 0x63, 0, 0, 36, 0, 1, 0,		/* ALGORITHMS */
	4, 0, 0, 0, 0x80, 0, 0, 0, 2, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

#define DIGEST_LEN	48
#define SIGNATURE_LEN	96

const u8 fake_nonce[PCI_TSM_NONCE_SIZE] = "said the verifier";

/**
 * fake_certificates() - make the certificates of a function
 * @dev: the function
 * @buf: where to, of %FAKE_CERTS_LEN bytes
 *
 * Return: their size.
 */
size_t fake_certificates(const struct fake_dev *dev, u8 *buf)
{
	const u8 certs[FAKE_CERTS_LEN] = {
		0x30, 5, 0x30, 3, 2, 1, 0,
		0x30, 5, 0x30, 3, 2, 1, dev->cert,
	};

	memcpy(buf, certs, sizeof(certs));
	return sizeof(certs);
}

/**
 * fake_vca() - make the messages that open an SPDM connection
 * @buf: where to, of 128 bytes
 *
 * Return: their size.
 */
size_t fake_vca(u8 *buf)
{
	static_assert(sizeof(vca) <= 128);
	memcpy(buf, vca, sizeof(vca));
	return sizeof(vca);
}

static size_t block(u8 *p, u8 index, u8 type, const void *value, u16 len)
{
	p[0] = index;
	p[1] = 1;
	put_unaligned_le16(3 + len, p + 2);
	p[4] = type;
	put_unaligned_le16(len, p + 5);
	memcpy(p + 7, value, len);
	return 7 + len;
}

/**
 * fake_measurements() - make signed measurements of a function
 * @dev: the function
 * @nonce: of the requester
 * @buf: where to, of 512 bytes
 *
 * Three of them: a digest of the ROM, the security version number, and an
 * informational one. What is of one collection only differs each time.
 *
 * Return: the size of request and response.
 */
size_t fake_measurements(const struct fake_dev *dev, const u8 *nonce, u8 *buf)
{
	static const u8 request[] = { 0x12, 0xe0, 1, 0xff };
	const u8 response[] = { 0x12, 0x60, 0, 0, dev->hide ? 2 : 3 };
	static const u8 indices[] = { 1, 0x10, 0x20 };
	u8 digest[DIGEST_LEN], svn[8], info[4];
	size_t record, len = 0;

	memset(digest, 0xd1, sizeof(digest));
	put_unaligned_le64(dev->svn, svn);
	put_unaligned_le32(dev->info, info);

	memcpy(buf, request, sizeof(request));
	memcpy(buf + 4, nonce, PCI_TSM_NONCE_SIZE);
	buf[36] = 0;

	buf += 37;
	memcpy(buf, response, sizeof(response));
	record = 8;
	for (int i = 0; i < 3; i++) {
		int which = dev->reverse ? 2 - i : i;

		if (indices[which] == dev->hide)
			continue;
		switch (which) {
		case 0:
			len = block(buf + record, 1, 0, digest, sizeof(digest));
			break;
		case 1:
			len = block(buf + record, 0x10, 0x87, svn, sizeof(svn));
			break;
		case 2:
			len = block(buf + record, 0x20, 0x89, info, sizeof(info));
			break;
		}
		record += len;
	}
	put_unaligned_le24(record - 8, buf + 5);

	buf += record;
	memset(buf, dev->collections, PCI_TSM_NONCE_SIZE);
	put_unaligned_le16(0, buf + PCI_TSM_NONCE_SIZE);
	memset(buf + PCI_TSM_NONCE_SIZE + 2, ~dev->collections, SIGNATURE_LEN);
	return 37 + record + PCI_TSM_NONCE_SIZE + 2 + SIGNATURE_LEN;
}
