// SPDX-License-Identifier: GPL-2.0
/*
 * What the error numbers of writes to tsm/ mean, and what to do: the tables of
 * Documentation/ABI/testing/sysfs-bus-pci-tsm for people.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"

/**
 * struct reason - one way to fail
 * @error: positive
 * @symbol: its name
 * @when: a state, or "driver": a driver is bound; NULL: in all other cases
 * @meaning: what happened
 * @remedy: what to do
 *
 * In the texts, %a is the address, %d the driver.
 */
struct reason {
	int error;
	const char *symbol;
	const char *when;
	const char *meaning;
	const char *remedy;
};

#define R(error, when, meaning, remedy) { error, #error, when, meaning, remedy }

#define UNBIND "unbind it first: echo %a > /sys/bus/pci/devices/%a/driver/unbind"
#define UNLOCK "unlock it, then lock it again: pcitsm unlock %a"
#define LOG "see what the kernel's log says: dmesg | grep PCI/TSM"
#define AGAIN "try again; if it stays so, the host or another program wants it so"
#define TAMPERED "what the device or the host delivered is malformed or was tampered with"
#define RELOCKED "the host locked the function anew or measured it for another nonce"

static const struct reason lock_reasons[] = {
	R(EINVAL, NULL, "that is not the name of a TSM", "give one that /sys/class/tsm has"),
	R(ENXIO, NULL, "there is no such TSM of this machine, or the function is being removed",
	  "see /sys/class/tsm/*/pci_mode, and load the TSM driver of this platform"),
	R(EBUSY, "driver", "driver %d is bound", UNBIND),
	R(EBUSY, "locked", "it is locked already", "verify it, or unlock it: pcitsm unlock %a"),
	R(EBUSY, "run", "it is in run already",
	  "to lock it again, unlock it first: pcitsm unlock %a"),
	R(EBUSY, NULL, "a driver was bound, or somebody else locked it", "try again"),
	R(EIO, "error", "it is in error", UNLOCK),
	R(EIO, NULL, "the TSM does not say that it is in the state that it should be in", LOG),
	R(EBADMSG, NULL, TAMPERED, LOG),
	R(ESTALE, NULL, RELOCKED, AGAIN),
	R(EINTR, NULL, "a signal arrived; the function is not locked", "try again"),
};

static const struct reason nonce_reasons[] = {
	R(EINVAL, "unlocked", "it is unlocked and has no evidence", "lock it: pcitsm lock %a"),
	R(EKEYREJECTED, NULL,
	  "it was in run and is not what was accepted: it has been taken out of use",
	  "look at its evidence: pcitsm show %a; then " UNLOCK),
	R(EBUSY, NULL, "it is being reset, or recovers from an error", "try again"),
	R(ESTALE, NULL, RELOCKED, AGAIN),
	R(EBADMSG, NULL, TAMPERED, LOG),
	R(EIO, NULL, "it is in error", UNLOCK),
	R(EINTR, NULL, "a signal arrived; it may be without evidence now", "try again"),
};

static const struct reason accept_reasons[] = {
	R(EINVAL, "unlocked", "it is unlocked", "lock it: pcitsm lock %a"),
	R(EINVAL, NULL, "that is not an evidence digest",
	  "give one as tsm/evidence_digest has it: sha384: and 96 hexadecimal digits"),
	R(ESTALE, NULL, "its evidence is not what was verified, or there is none any more",
	  "verify it again: pcitsm verify %a"),
	R(EIO, NULL, "it is in error, or was found to have left locked", UNLOCK),
	R(EBADMSG, NULL,
	  "its interface report does not fit its BARs, or something that was delivered is malformed",
	  LOG),
	R(EBUSY, NULL,
	  "it is being reset, or the guest uses one of its BAR pages for something else",
	  LOG),
	R(EPERM, NULL, "the host refuses to give up one of its BAR pages", LOG),
	R(EINTR, NULL, "a signal arrived; the function is not in run", "try again"),
};

static const struct reason unlock_reasons[] = {
	R(EINVAL, "unlocked", "it is unlocked already", "nothing has to be done"),
	R(EINVAL, NULL, "that is not the TSM that has it in its care", "see pcitsm show %a"),
	R(EBUSY, "driver", "driver %d is bound", UNBIND),
	R(EBUSY, NULL, "a driver is bound", "try again"),
	R(EIO, NULL, "the TSM says that it is not unlocked", "try again; " LOG),
	R(EBADMSG, NULL, "what the device or the host delivered is malformed", "try again; " LOG),
	R(EINTR, NULL, "a signal arrived before anything was done", "try again"),
};

static const struct reason restore_reasons[] = {
	R(EINVAL, NULL, "it is not in run", "accept it first: pcitsm accept %a"),
};

/* For all of them. Those that the kernel does not list are of the TSM driver. */
static const struct reason any_reasons[] = {
	R(ENOENT, NULL, "there is no TSM here that could lock it",
	  "load the TSM driver of this platform, and see /sys/class/tsm/*/pci_mode"),
	R(ENODEV, NULL, "the TSM or the host knows no such function, or it is gone", LOG),
	R(EACCES, NULL, "only root may do that", "run it as root"),
	R(EROFS, NULL, "sysfs is read-only here", "run it where it is not, outside a container"),
	R(ENXIO, NULL, "it or its TSM is being removed", "see pcitsm list"),
	R(ETIMEDOUT, NULL, "the device or the host did not come to an end", "try again; " LOG),
	R(EINTR, NULL, "a signal arrived", "try again"),
	R(ENOMEM, NULL, "out of memory", "try again when there is some"),
	R(EOPNOTSUPP, NULL, "the TSM or the host lacks something that is needed", LOG),
	R(ENODATA, NULL, "there is no evidence, or the host has not got it",
	  "have it collected: pcitsm evidence %a DIR"),
	R(EPROTO, NULL, "the host takes the request of the TSM driver for wrong", LOG),
	R(EPERM, NULL, "it was refused", LOG),
};

static const struct {
	const char *verb;
	const struct reason *reasons;
	size_t nr;
} writes[NR_WRITES] = {
	[WRITE_LOCK] = { "lock", lock_reasons, ARRAY_SIZE(lock_reasons) },
	[WRITE_NONCE] = { "collecting evidence", nonce_reasons, ARRAY_SIZE(nonce_reasons) },
	[WRITE_ACCEPT] = { "accept", accept_reasons, ARRAY_SIZE(accept_reasons) },
	[WRITE_UNLOCK] = { "unlock", unlock_reasons, ARRAY_SIZE(unlock_reasons) },
	[WRITE_RESTORE] = { "setting restore", restore_reasons, ARRAY_SIZE(restore_reasons) },
};

static bool fits(const struct reason *r, const struct function *fn, int error)
{
	if (r->error != error)
		return false;
	if (!r->when)
		return true;
	if (!strcmp(r->when, "driver"))
		return fn->driver[0];
	return !strcmp(r->when, fn->state);
}

static const struct reason *find(const struct reason *reasons, size_t nr,
				 const struct function *fn, int error)
{
	for (size_t i = 0; i < nr; i++)
		if (fits(&reasons[i], fn, error))
			return &reasons[i];
	return NULL;
}

/* Append what fits; @at never goes beyond @room - 1 */
static size_t append(char *text, size_t room, size_t at, const char *more)
{
	size_t size = strlen(more);

	if (size > room - 1 - at)
		size = room - 1 - at;
	memcpy(text + at, more, size);
	text[at + size] = 0;
	return at + size;
}

static size_t expand(char *text, size_t room, size_t at, const char *format,
		     const struct function *fn)
{
	char one[2] = { 0 };

	for (; *format; format++) {
		if (format[0] == '%' && format[1] == 'a') {
			at = append(text, room, at, fn->address);
			format++;
		} else if (format[0] == '%' && format[1] == 'd') {
			at = append(text, room, at, fn->driver);
			format++;
		} else {
			one[0] = *format;
			at = append(text, room, at, one);
		}
	}
	return at;
}

const char *explain(const struct function *fn, enum write what, int error, char *text,
		    size_t room)
{
	const struct reason *r;
	size_t at = 0;

	r = find(writes[what].reasons, writes[what].nr, fn, -error);
	if (!r)
		r = find(any_reasons, ARRAY_SIZE(any_reasons), fn, -error);

	at = append(text, room, at, writes[what].verb);
	at = append(text, room, at, " failed, ");
	if (r) {
		at = append(text, room, at, r->symbol);
		at = append(text, room, at, ": ");
		at = expand(text, room, at, r->meaning, fn);
		at = append(text, room, at, "; ");
		expand(text, room, at, r->remedy, fn);
	} else {
		/* An error of the TSM driver that is not known here */
		at = append(text, room, at, strerror(-error));
		at = append(text, room, at, "; ");
		expand(text, room, at, LOG, fn);
	}
	return text;
}
