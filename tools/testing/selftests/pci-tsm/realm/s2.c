// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: the Realm's stage 2 translation and RIPAS
 *
 * The layout is described in s2.h. All tables are static: RAM is for free here,
 * and an allocator would be one more thing to get wrong.
 */
#include "s2.h"
#include "smmu.h"

#define L1_SIZE			BIT(30)
#define L2_SIZE			BIT(21)
#define PAGES(bytes)		((bytes) >> PAGE_SHIFT)
#define BLOCKS(bytes)		((bytes) / L2_SIZE)
#define PROTECTED_SIZE		(S2_RAM_BASE + S2_RAM_MAX)

#define PTE_PAGE_RAM		(S2_PTE_VALID | S2_PTE_TABLE | S2_PTE_NORMAL | \
				 S2_PTE_RW | S2_PTE_SH_INNER | S2_PTE_AF)
#define PTE_PAGE_DEVICE		(S2_PTE_VALID | S2_PTE_TABLE | S2_PTE_DEVICE | \
				 S2_PTE_RW | S2_PTE_AF | S2_PTE_XN)
#define PTE_BLOCK_RAM		(PTE_PAGE_RAM & ~S2_PTE_TABLE)

#define VTCR_RES1		BIT(31)
#define VTCR			(VTCR_RES1 | (u64)S2_PS << 16 | S2_TG0 << 14 | \
				 S2_SH0 << 12 | S2_ORGN0 << 10 | S2_IRGN0 << 8 | \
				 S2_SL0 << 6 | S2_T0SZ)
#define HCR_VM			BIT(0)
#define HCR_TSC			BIT(19)		/* SMC comes here */
#define HCR_HCD			BIT(29)		/* HVC is undefined */
#define HCR_RW			BIT(31)

u64 s2_root[S2_ROOT_ENTRIES] __aligned(4096);
static u64 l2_protected[BLOCKS(PROTECTED_SIZE)] __aligned(4096);
static u64 l3_protected[PAGES(PROTECTED_SIZE)] __aligned(4096);
static u64 l2_shared_mmio[BLOCKS(S2_MMIO_SIZE)] __aligned(4096);
static u64 l3_shared_mmio[PAGES(S2_MMIO_SIZE)] __aligned(4096);
static u8 ripas_map[PAGES(PROTECTED_SIZE)];

/* What a Realm's VMM would offer; the rest, the SMMUv3 first, stays hidden */
static const struct {
	u64 base;
	u64 end;
} shared_mmio[] = {
	{ 0x08000000, 0x08010000 },	/* GICD */
	{ 0x08080000, 0x08090000 },	/* GITS, without the page for MSIs */
	{ 0x080a0000, 0x09000000 },	/* GICR */
	{ UART_GUEST, UART_GUEST + PAGE_SIZE },
	{ RTC_GUEST, RTC_GUEST + PAGE_SIZE },
	{ PCI_MEM_BASE, PCI_MEM_END },
	{ PCI_MEM_END, ECAM_BASE },	/* PCI I/O */
	{ ECAM_BASE, ECAM_END },
};

static u64 table_pte(const void *table)
{
	return (uintptr_t)table | S2_PTE_TABLE | S2_PTE_VALID;
}

static u64 ram_end(void)
{
	return S2_RAM_BASE + params->ram_size;
}

static bool is_ram(u64 ipa)
{
	return ipa >= S2_RAM_BASE && ipa < ram_end();
}

/**
 * s2_init - build the tables: all RAM is RIPAS_RAM, all MMIO shared
 *
 * That RAM is RIPAS_RAM before the guest's first instruction is what a VMM does by
 * RMI_RTT_INIT_RIPAS; Linux depends on it.
 *
 * Context: CPU 0, before the guest runs.
 */
void s2_init(void)
{
	for (u64 i = 0; i < BLOCKS(PROTECTED_SIZE); i++)
		l2_protected[i] = table_pte(&l3_protected[i * 512]);
	for (u64 i = 0; i < BLOCKS(S2_MMIO_SIZE); i++)
		l2_shared_mmio[i] = table_pte(&l3_shared_mmio[i * 512]);

	for (u64 i = 0; i < PROTECTED_SIZE / L1_SIZE; i++)
		s2_root[i] = table_pte(&l2_protected[i * 512]);
	s2_root[S2_SHARED / L1_SIZE] = table_pte(l2_shared_mmio);
	for (u64 ipa = S2_RAM_BASE; ipa < ram_end(); ipa += L1_SIZE)
		s2_root[(ipa | S2_SHARED) / L1_SIZE] =
			(ipa | S2_SHARED) | PTE_BLOCK_RAM;

	for (u64 ipa = S2_RAM_BASE; ipa < ram_end(); ipa += PAGE_SIZE)
		s2_set_ripas(ipa, RIPAS_RAM);
	for (unsigned int i = 0; i < ARRAY_SIZE(shared_mmio); i++) {
		for (u64 pa = shared_mmio[i].base; pa < shared_mmio[i].end;
		     pa += PAGE_SIZE)
			s2_map_shared_mmio(pa, true);
	}
}

/**
 * s2_enable - point this CPU's EL1 at the tables
 *
 * Context: each CPU as it starts.
 */
void s2_enable(void)
{
	write_sysreg((uintptr_t)s2_root, vttbr_el2);
	write_sysreg(VTCR, vtcr_el2);
	write_sysreg(HCR_VM | HCR_TSC | HCR_HCD | HCR_RW, hcr_el2);
	isb();
	asm volatile("tlbi vmalls12e1");
	dsb(nsh);
	isb();
}

/**
 * s2_ripas - the RIPAS of a page
 * @ipa: protected IPA
 *
 * Context: monitor lock held.
 * Return: its RIPAS; RIPAS_EMPTY for an address that is not protected
 */
enum ripas s2_ripas(u64 ipa)
{
	return ipa < PROTECTED_SIZE ? ripas_map[PAGES(ipa)] : RIPAS_EMPTY;
}

/**
 * s2_set_ripas - change the RIPAS of a page
 * @ipa: protected IPA
 * @ripas: new value. RAM becomes accessible at once, RIPAS_DEV only by
 *	s2_map_dev(); everything else is unmapped.
 *
 * Context: monitor lock held; s2_flush() must follow.
 */
void s2_set_ripas(u64 ipa, enum ripas ripas)
{
	u64 page = PAGES(ipa);

	if (page >= ARRAY_SIZE(ripas_map))
		return;
	ripas_map[page] = ripas;
	if (ripas == RIPAS_RAM && is_ram(ipa))
		l3_protected[page] = ALIGN_DOWN(ipa, PAGE_SIZE) | PTE_PAGE_RAM;
	else
		l3_protected[page] = 0;
}

/**
 * s2_map_dev - let the guest reach a RIPAS_DEV page, or trap its accesses
 * @ipa: protected IPA, also the PA
 * @map: true if the device behind it answers T=1 requests now
 *
 * Context: monitor lock held; s2_flush() must follow.
 */
void s2_map_dev(u64 ipa, bool map)
{
	u64 page = PAGES(ipa);

	if (s2_ripas(ipa) != RIPAS_DEV)
		return;
	l3_protected[page] = map ? ALIGN_DOWN(ipa, PAGE_SIZE) | PTE_PAGE_DEVICE
				 : 0;
}

/**
 * s2_map_shared_mmio - let the guest reach MMIO by the shared alias, or trap it
 * @pa: physical address
 * @map: true to map
 *
 * Context: monitor lock held; s2_flush() must follow.
 */
void s2_map_shared_mmio(u64 pa, bool map)
{
	if (pa < S2_MMIO_SIZE)
		l3_shared_mmio[PAGES(pa)] = map ? ALIGN_DOWN(pa, PAGE_SIZE) |
						  PTE_PAGE_DEVICE : 0;
}

/**
 * s2_is_mapped - does a page that is mapped one by one have a translation now?
 * @ipa: protected, or of the shared alias of MMIO
 *
 * Context: monitor lock held.
 * Return: true if so
 */
bool s2_is_mapped(u64 ipa)
{
	u64 mmio = ipa - S2_SHARED;

	if (ipa < PROTECTED_SIZE)
		return l3_protected[PAGES(ipa)] & S2_PTE_VALID;
	return ipa >= S2_SHARED && mmio < S2_MMIO_SIZE &&
	       l3_shared_mmio[PAGES(mmio)] & S2_PTE_VALID;
}

/**
 * s2_flush - make changes of the tables visible to all CPUs and devices
 *
 * Context: monitor lock held.
 */
void s2_flush(void)
{
	dsb(ishst);
	asm volatile("tlbi vmalls12e1is");
	dsb(ish);
	isb();
	smmu_invalidate();
}

/**
 * s2_is_protected - does a range lie in the protected half of the IPA space?
 * @ipa: start
 * @len: bytes
 *
 * Context: any.
 * Return: true if so
 */
bool s2_is_protected(u64 ipa, u64 len)
{
	return len && len <= S2_SHARED && ipa <= S2_SHARED - len;
}

/**
 * s2_protected_ram - the monitor's view of private guest memory
 * @ipa: protected IPA
 * @len: bytes
 *
 * Context: monitor lock held; the pointer is good while it is held.
 * Return: pointer, or NULL unless every page of the range is RIPAS_RAM
 */
void *s2_protected_ram(u64 ipa, u64 len)
{
	if (!s2_is_protected(ipa, len) || !is_ram(ipa) || !is_ram(ipa + len - 1))
		return NULL;
	for (u64 page = ALIGN_DOWN(ipa, PAGE_SIZE); page < ipa + len;
	     page += PAGE_SIZE) {
		if (s2_ripas(page) != RIPAS_RAM)
			return NULL;
	}
	return (void *)(uintptr_t)ipa;
}

/**
 * s2_shared_ram - the host's view of guest memory
 * @ipa: address with or without S2_SHARED: the host has one space for both
 * @len: bytes
 *
 * Context: any.
 * Return: pointer into the shared alias, or NULL if the range is not RAM
 */
void *s2_shared_ram(u64 ipa, u64 len)
{
	ipa &= ~S2_SHARED;
	if (!s2_is_protected(ipa, len) || !is_ram(ipa) || !is_ram(ipa + len - 1))
		return NULL;
	return (void *)(uintptr_t)(ipa | S2_SHARED);
}
