// SPDX-License-Identifier: GPL-2.0
/*
 * From GET_VERSION to measurements that a verifier would accept
 */
#include <string.h>

#include "check.h"

static struct session session;

static bool is_many(void)
{
	return !strcmp(session.settings->blocks, "many");
}

static void check_certificates(void)
{
	uint8_t digest[EVP_MAX_MD_SIZE], ours[EVP_MAX_MD_SIZE];
	unsigned int portion = session.settings->portion;

	get_digest(&session, digest);
	get_chain(&session);
	expect(EVP_Digest(session.chain, session.chain_size, ours, NULL, session.md, NULL) == 1,
	       "no digest");
	expect(!memcmp(digest, ours, session.hash_size), "digest of another chain");
	expect(!portion || session.portions == (session.chain_size + portion - 1) / portion,
	       "%zu bytes in %u portions", session.chain_size, session.portions);
	verify_chain(&session);
}

static void expect_block(const struct measured *all, uint8_t index, uint8_t type,
			 unsigned int size)
{
	const struct measured_block *block = find_block(all, index);

	expect(block, "no block %02x", index);
	expect(block->type == type && block->size == size, "block %02x: type %02x, %u bytes",
	       index, block->type, block->size);
}

static void check_default_blocks(const struct measured *all)
{
	static const uint8_t mode[16] = { [0] = 4, [4] = 4 };

	for (uint8_t type = 0; type <= 3; type++)
		expect_block(all, 1 + type, type, session.hash_size);
	expect(find_block(all, 5) && find_block(all, 5)->type == 0x86, "no firmware version");
	expect_block(all, 0x10, 0x87, 8);
	expect(find_block(all, 0xfd) && find_block(all, 0xfd)->type == 0x84, "no manifest");
	expect_block(all, 0xfe, 0x85, 16);
	expect(!memcmp(find_block(all, 0xfe)->value, mode, sizeof(mode)),
	       "not normal operation without debug");
	expect(all->nr_blocks == 8, "%u blocks", all->nr_blocks);
}

static void check_many_blocks(const struct measured *all)
{
	static const uint8_t zeros[EVP_MAX_MD_SIZE];
	unsigned int types = 0, descents = 0, empty = 0;

	for (unsigned int i = 0; i < all->nr_blocks; i++) {
		const struct measured_block *block = &all->block[i];

		types |= 1 << (block->type & 0x7f);
		descents += i && block->index < all->block[i - 1].index;
		empty += !(block->type & 0x80) && !memcmp(block->value, zeros, block->size);
	}
	expect(all->nr_blocks >= 40 && all->size < 4096, "%u blocks in %zu bytes",
	       all->nr_blocks, all->size);
	expect(descents > 10 && empty > 5, "%u descents, %u empty digests", descents, empty);
	/* Informational measurements came with 1.3 */
	expect(types == (session.version >= SPDM_1_3 ? 0x2ff : 0xff), "types %x", types);
}

static void check_blocks(const struct measured *all)
{
	if (!strcmp(session.settings->blocks, "default"))
		check_default_blocks(all);
	else if (is_many())
		check_many_blocks(all);
	else if (!strcmp(session.settings->blocks, "minimal"))
		expect(all->nr_blocks == 1 && !(all->block[0].type & 0x80), "%u blocks",
		       all->nr_blocks);
}

static void expect_same_blocks(const struct measured *a, const struct measured *b)
{
	expect(a->nr_blocks == b->nr_blocks, "%u and %u blocks", a->nr_blocks, b->nr_blocks);
	for (unsigned int i = 0; i < a->nr_blocks; i++) {
		const struct measured_block *block = find_block(b, a->block[i].index);

		expect(block && block->type == a->block[i].type &&
		       block->size == a->block[i].size &&
		       !memcmp(block->value, a->block[i].value, block->size),
		       "block %02x is another", a->block[i].index);
	}
}

/* A signature is over these bytes and no others: fifty of them, all over the message */
static void check_tampering(const struct measured *measured)
{
	static struct bytes message;
	uint8_t signature[96];

	message = measured->signed_bytes;
	for (size_t i = 0; i < message.size; i += message.size / 50 + 1) {
		message.data[i] ^= 0x10;
		expect(!signature_fits(&session, &message, measured->signature),
		       "byte %zu of %zu is not signed", i, message.size);
		message.data[i] ^= 0x10;
	}
	message.size--;
	expect(!signature_fits(&session, &message, measured->signature), "the end is missing");
	memcpy(signature, measured->signature, session.signature_size);
	for (size_t i = 0; i < session.signature_size; i += 7) {
		signature[i] ^= 1;
		expect(!signature_fits(&session, &measured->signed_bytes, signature),
		       "another signature, byte %zu", i);
		signature[i] ^= 1;
	}
}

static void check_opaque(const struct measured *all)
{
	bool agreed = session.version < SPDM_1_2 || session.opaque_format;

	if (!is_many() || !agreed)
		expect(!all->opaque_size, "%zu bytes of opaque data", all->opaque_size);
	else
		expect(all->opaque_size == 16 && all->nonce[34] == 1, "%zu bytes of opaque data",
		       all->opaque_size);
}

static void check_all_at_once(struct measured *all)
{
	static struct measured again;

	measure(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL, all);
	expect(verify(&session, all), "the signature does not verify");
	check_blocks(all);
	check_opaque(all);
	expect(all->change == (is_many() && session.version >= SPDM_1_2 ? 2 : 0), "change %u",
	       all->change);
	check_tampering(all);

	measure(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL, &again);
	expect(verify(&session, &again), "the second signature does not verify");
	expect(!signature_fits(&session, &all->signed_bytes, again.signature),
	       "one signature for two messages");
	expect(memcmp(all->nonce, again.nonce, SPDM_NONCE_SIZE), "one nonce twice");
	expect_same_blocks(all, &again);
	measure(&session, 0, SPDM_MEAS_ALL, &again);
	expect(!again.change, "change %u without a signature", again.change);
	expect_same_blocks(all, &again);
}

/* A transcript of many messages: count, each block, and the last of them is signed */
static void check_one_by_one(const struct measured *all)
{
	static struct measured one;
	size_t pairs = 0;

	/* Nothing from before */
	session.log.size = 0;
	expect(!send_control(&session, CONTROL_DELAY, 0, 0), "refused");
	measure(&session, 0, SPDM_MEAS_COUNT, &one);
	expect(one.count == all->nr_blocks, "%u blocks of %u", one.count, all->nr_blocks);
	for (unsigned int i = 0; i < all->nr_blocks; i++) {
		bool last = i == all->nr_blocks - 1;
		const struct measured_block *block = &all->block[i];

		measure(&session, last ? SPDM_MEAS_SIGN : 0, block->index, &one);
		expect(one.nr_blocks == 1 && one.block[0].index == block->index &&
		       one.block[0].type == block->type && one.block[0].size == block->size &&
		       !memcmp(one.block[0].value, block->value, block->size),
		       "block %02x is another", block->index);
		pairs++;
	}
	expect(one.signed_bytes.size > pairs * 46, "%zu bytes for %zu blocks",
	       one.signed_bytes.size, pairs);
	expect(verify(&session, &one), "the signature of %zu bytes does not verify",
	       one.signed_bytes.size);
	check_tampering(&one);

	/* The count can be signed too, and leaves nothing behind */
	measure(&session, SPDM_MEAS_SIGN, SPDM_MEAS_COUNT, &one);
	expect(one.count == all->nr_blocks && verify(&session, &one), "the signed count is wrong");
}

/* Any other message between two resets the transcript, an error too */
static void check_reset(void)
{
	static struct measured some;
	static struct bytes longer;
	uint8_t digest[EVP_MAX_MD_SIZE];
	uint8_t unknown[] = { session.version, 0xf0, 0, 0 };

	for (int how = 0; how < 3; how++) {
		measure(&session, 0, SPDM_MEAS_ALL, &some);
		longer = session.log;
		switch (how) {
		case 0:
			get_digest(&session, digest);
			break;
		case 1:
			get_chain(&session);
			break;
		default:
			expect_error(&session, unknown, sizeof(unknown),
				     SPDM_ERROR_UNSUPPORTED_REQUEST);
			session.log.size = 0;
		}
		measure(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL, &some);
		expect(verify(&session, &some), "reset %d: the signature does not verify", how);
		bytes_add(&longer, some.signed_bytes.data, some.signed_bytes.size);
		expect(!signature_fits(&session, &longer, some.signature), "reset %d: none", how);
	}
}

/* The raw form of a digest has that digest; 1.1 has no way to ask for it */
static void check_raw(const struct measured *all)
{
	static struct measured raw;
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned int changed = 0, digests = 0;

	measure(&session, SPDM_MEAS_SIGN | SPDM_MEAS_RAW, SPDM_MEAS_ALL, &raw);
	expect(verify(&session, &raw), "the signature does not verify");
	if (session.version < SPDM_1_2) {
		expect_same_blocks(all, &raw);
		return;
	}
	for (unsigned int i = 0; i < all->nr_blocks; i++) {
		const struct measured_block *was = &all->block[i];
		const struct measured_block *is = find_block(&raw, was->index);

		expect(is && (is->type & 0x7f) == (was->type & 0x7f), "block %02x", was->index);
		digests += !(was->type & SPDM_BLOCK_RAW);
		if (is->type == was->type)
			continue;
		expect(is->type & SPDM_BLOCK_RAW, "block %02x", is->index);
		expect(EVP_Digest(is->value, is->size, digest, NULL, session.md, NULL) == 1 &&
		       !memcmp(digest, was->value, was->size), "block %02x is another",
		       is->index);
		changed++;
	}
	expect(changed >= digests / 2 && changed, "%u of %u", changed, digests);
}

static void check_reconnection(const struct measured *all)
{
	static struct measured again;

	/* An unsigned one, so that the old connection leaves something to forget */
	measure(&session, 0, SPDM_MEAS_ALL, &again);
	session.opaque_formats = 0;
	connect_spdm(&session);
	measure(&session, SPDM_MEAS_SIGN, SPDM_MEAS_ALL, &again);
	expect(verify(&session, &again), "the signature does not verify");
	expect_same_blocks(all, &again);
	check_opaque(&again);
}

void test_flow(const struct settings *settings)
{
	static struct measured all;

	session_start(&session, settings);
	connect_spdm(&session);
	check_certificates();
	check_all_at_once(&all);
	check_one_by_one(&all);
	check_reset();
	check_raw(&all);
	check_reconnection(&all);
	peer_end(&session.peer, 0);
	EVP_PKEY_free(session.leaf);
}
