/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PCI functions and their tsm/ attributes in sysfs. What is read here comes from the
 * kernel; it is bounded and checked all the same.
 */

#ifndef PCITSM_FUNCTION_H
#define PCITSM_FUNCTION_H

#include "evidence.h"

#define FUNCTION_ADDRESS 24		/* "0000:00:01.0" and a zero byte, with room */
#define FUNCTION_WORD 64

/**
 * struct function - one TDISP-capable function
 * @dirfd: its directory in sysfs
 * @address: "0000:00:01.0"
 * @vendor: from configuration space, as the next five
 * @device: of this vendor
 * @subsystem_vendor: who made the card
 * @subsystem_device: of that vendor
 * @class: 24 bits: base class, subclass, interface
 * @revision: of the device
 * @driver: empty if none is bound
 * @state: "unlocked", "locked", "run" or "error"
 * @held: tsm/held
 * @tsm: what tsm/lock says; empty if no TSM has it in its care
 * @lockable: tsm/lock exists: a TSM of this guest is there
 * @restore: tsm/restore
 * @restore_count: tsm/restore_count
 * @restore_status: tsm/restore_status, empty if there is none
 * @generation: tsm/evidence_generation
 * @digest: tsm/evidence_digest, empty if there is no evidence
 */
struct function {
	int dirfd;
	char address[FUNCTION_ADDRESS];
	uint16_t vendor;
	uint16_t device;
	uint16_t subsystem_vendor;
	uint16_t subsystem_device;
	uint32_t class;
	uint8_t revision;
	char driver[FUNCTION_WORD];
	char state[16];
	bool held;
	char tsm[16];
	bool lockable;
	bool restore;
	unsigned long restore_count;
	char restore_status[256];
	unsigned long generation;
	char digest[EVIDENCE_DIGEST_TEXT];
};

/* Why there is no tsm/state, for messages */
#define NO_TDISP \
	": no TDISP, no confidential virtual machine, or no CONFIG_PCI_TSM_GUEST in the kernel"

/* Where sysfs is, "/sys"; option --sysfs and the tests set another one */
extern const char *function_sysfs;

/**
 * function_open() - find a function
 * @address: "0000:00:01.0", "00:01.0" or a path that ends with it
 * @fn: on success, to be closed with function_close()
 *
 * Complains.
 * Return: 0; -EINVAL: malformed; -ENODEV: no such function; -EOPNOTSUPP: it
 * has no tsm/state.
 */
int function_open(const char *address, struct function *fn);
/* Read all again that can change. Return: 0 or a negative error number. */
int function_refresh(struct function *fn);
void function_close(struct function *fn);

/**
 * function_list() - all functions with tsm/state, in ascending order of address
 * @list: to be freed with function_list_free()
 *
 * Return: how many, or a negative error number.
 */
int function_list(struct function **list);
void function_list_free(struct function *list, int nr);

/**
 * function_tsm() - the TSM to lock with
 * @wanted: a name that address_is_tsm(), or NULL: the only one with pci_mode devsec
 * @tsm: room for 16 characters
 *
 * Complains.
 * Return: 0; -ENXIO: none, or not a devsec TSM; -ENOTUNIQ: several.
 */
int function_tsm(const char *wanted, char *tsm);

/*
 * Each complains, with what the kernel's error number means here and what to do.
 * Return: 0 or the negative error number of the write.
 */
int function_lock(struct function *fn, const char *tsm);
int function_unlock(struct function *fn);
int function_accept(struct function *fn, const char *digest);
int function_set_restore(struct function *fn, bool on);

/**
 * function_collect() - have fresh evidence collected and read all of it
 * @fn: in locked or run
 * @nonce: EVIDENCE_NONCE_SIZE bytes, or NULL: read what is there
 * @ev: on success, to be freed with evidence_free()
 *
 * What is returned is of one collection: reads all anew, a few times, if the generation
 * changes meanwhile. Complains.
 * Return: 0; -ESTALE: it kept changing; another negative error number.
 */
int function_collect(struct function *fn, const uint8_t *nonce, struct evidence *ev);

/*
 * The name that CMA gives the function:
 * "Vendor=1b36:Device=0010:CC=010802:REV=02:SSVID=1af4:SSID=1100"
 */
#define FUNCTION_CMA_NAME 80
void function_cma_name(const struct function *fn, char *name);

#endif /* PCITSM_FUNCTION_H */
