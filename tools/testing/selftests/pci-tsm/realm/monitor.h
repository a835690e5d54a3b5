/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test monitor at EL2: what every file needs
 *
 * Types, registers, memory and console. A test fixture: it shows a Realm guest
 * the interfaces of a Realm, it does not isolate anything from anybody.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef long long s64;

#define BIT(n)			(1ULL << (n))
#define GENMASK(h, l)		((~0ULL << (l)) & (~0ULL >> (63 - (h))))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define ALIGN_DOWN(x, a)	((x) & ~((u64)(a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((u64)(a) - 1)) == 0)
#define __printf(a, b)		__attribute((format(printf, a, b)))
#define __aligned(n)		__attribute((aligned(n)))
#define __noreturn		__attribute((noreturn))
#define fallthrough		__attribute((fallthrough))
#define min(a, b) ({							\
	__auto_type __a = (a);						\
	__auto_type __b = (b);						\
									\
	__a < __b ? __a : __b;						\
})

#define PAGE_SHIFT		12
#define PAGE_SIZE		BIT(PAGE_SHIFT)

#include "asm.h"

#define MAX_TDIS		16
#define MAX_PORTS		2

/* Physical addresses that the launcher, the linker script and QEMU agree on */
#define KERNEL_ADDR		0x40200000ULL
#define DTB_ADDR		0x48000000ULL
#define PARAMS_ADDR		0x13f000000ULL
#define PARAMS_MAGIC		0x344d5354ULL	/* "TSM4" */

#define UART_GUEST		0x09000000ULL
#define RTC_GUEST		0x09010000ULL
#define UART_LOG		0x09040000ULL

#define PCI_MEM_BASE		0x10000000ULL
#define PCI_MEM_END		0x3eff0000ULL
#define ECAM_BASE		0x3f000000ULL
#define ECAM_END		0x40000000ULL

/**
 * struct params_tdi - a function that acts as a TDI
 * @rid: its Routing ID (segment 0)
 * @dsm_rid: Routing ID of the function with its DSM's mailbox: itself, or one on bus
 *	0 that the guest is not to see
 * @port_rid: Routing IDs of the root port that it is behind, and of the switch's port
 *	next to it; 0 for none
 */
struct params_tdi {
	u64 rid;
	u64 dsm_rid;
	u64 port_rid[MAX_PORTS];
};

/**
 * struct params - what the launcher asks of the monitor, at PARAMS_ADDR
 * @magic: PARAMS_MAGIC
 * @ram_size: bytes of guest RAM
 * @nr_cpus: CPUs in the guest's device tree
 * @nr_tdis: entries of @tdi in use
 * @tdi: functions that act as a TDI
 */
struct params {
	u64 magic;
	u64 ram_size;
	u64 nr_cpus;
	u64 nr_tdis;
	struct params_tdi tdi[MAX_TDIS];
};

extern const struct params *params;

#define read_sysreg(r) ({						\
	u64 __v;							\
									\
	asm volatile("mrs %0, " #r : "=r" (__v));			\
	__v;								\
})
#define write_sysreg(v, r) ({						\
	asm volatile("msr " #r ", %x0" : : "rZ" ((u64)(v)));		\
})
#define isb() ({							\
	asm volatile("isb" : : : "memory");				\
})
#define dsb(opt) ({							\
	asm volatile("dsb " #opt : : : "memory");			\
})

/* One instruction each: a device sees the size that is meant */
#define __mmio_accessors(bits, load, store)				\
static inline u##bits read##bits(u64 pa)				\
{									\
	u##bits val;							\
									\
	asm volatile(load ", [%1]" : "=r" (val) : "r" (pa) : "memory");	\
	return val;							\
}									\
									\
static inline void write##bits(u64 pa, u##bits val)			\
{									\
	asm volatile(store ", [%1]" : : "r" (val), "r" (pa) : "memory"); \
}

__mmio_accessors(8, "ldrb %w0", "strb %w0")
__mmio_accessors(16, "ldrh %w0", "strh %w0")
__mmio_accessors(32, "ldr %w0", "str %w0")
__mmio_accessors(64, "ldr %x0", "str %x0")

/* console.c */
void console_init(void);
void mon_log(const char *fmt, ...) __printf(1, 2);
void mon_panic(const char *fmt, ...) __printf(1, 2) __noreturn;

/* lib.c: the compiler calls the first two by name */
void *memcpy(void *dst, const void *src, size_t len);
void *memset(void *dst, int c, size_t len);
u64 now_us(void);
void wait_us(u64 us);
u64 random_u64(void);

/* sha256.c */
#define SHA256_SIZE		32
void sha256(const void *data, size_t len, u8 digest[SHA256_SIZE]);

#endif /* MONITOR_H */
