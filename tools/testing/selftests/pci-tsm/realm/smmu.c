// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: QEMU's SMMUv3 (Arm IHI 0070), which decides what memory a PCI
 * function reaches by DMA. Stage 2 only, one of two tables per function:
 *
 *  - shared: the shared alias of RAM and nothing else. Every function of buses
 *    0 to 15 from smmu_init() on.
 *  - private: the guest's protected RAM as well, through the very tables that
 *    the CPU's stage 2 uses, so that RIPAS changes hold for both.
 *
 * MMIO is in neither: there is no peer-to-peer DMA. All else is aborted and
 * recorded in the event queue. An SMMU that does not do as told is a panic.
 */
#include "its.h"
#include "monitor.h"
#include "s2.h"
#include "smmu.h"

/* Registers, sec 6.3 */
#define SMMU_IDR0		0x0
#define  IDR0_S2P		BIT(0)
#define  IDR0_TTF_AARCH64	BIT(3)
#define  IDR0_COHACC		BIT(4)
#define SMMU_IDR1		0x4
#define  IDR1_SIDSIZE(r)	((r) & 0x3f)
#define  IDR1_EVENTQS(r)	(((r) >> 16) & 0x1f)
#define  IDR1_CMDQS(r)		(((r) >> 21) & 0x1f)
#define  IDR1_FIXED		(BIT(29) | BIT(30)) /* QUEUES_, TABLES_PRESET */
#define SMMU_IDR5		0x14
#define  IDR5_OAS(r)		((r) & 0x7)
#define  IDR5_GRAN4K		BIT(4)
#define SMMU_CR0		0x20
#define SMMU_CR0ACK		0x24
#define  CR0_SMMUEN		BIT(0)
#define  CR0_EVENTQEN		BIT(2)
#define  CR0_CMDQEN		BIT(3)
#define SMMU_CR1		0x28
#define  CR1_WB_INNER		0xd75	/* queues and tables, as EL2_TCR */
#define SMMU_CR2		0x2c
#define  CR2_RECINVSID		BIT(1)
#define  CR2_PTM		BIT(2)
#define SMMU_GBPA		0x44
#define  GBPA_ABORT		BIT(20)
#define  GBPA_UPDATE		BIT(31)
#define SMMU_IRQ_CTRL		0x50
#define SMMU_GERROR		0x60
#define  GERROR_EVENTQ_ABT	BIT(2)
#define SMMU_GERRORN		0x64
#define SMMU_STRTAB_BASE	0x80
#define SMMU_STRTAB_BASE_CFG	0x88
#define SMMU_CMDQ_BASE		0x90
#define SMMU_CMDQ_PROD		0x98
#define SMMU_CMDQ_CONS		0x9c
#define SMMU_EVENTQ_BASE	0xa0
#define SMMU_EVENTQ_PROD	0x100a8
#define SMMU_EVENTQ_CONS	0x100ac
#define  EVENTQ_OVFLG		BIT(31)

/* Commands, sec 4 */
#define CMD_CFGI_STE		0x03
#define  CFGI_STE_LEAF		BIT(0)
#define CMD_CFGI_STE_RANGE	0x04	/* CMD_CFGI_ALL with Range = 31 */
#define  CFGI_ALL_RANGE		31
#define CMD_TLBI_S12_VMALL	0x28
#define CMD_TLBI_NSNH_ALL	0x30
#define CMD_SYNC		0x46

/* Stream table entry, sec 5.2 */
#define STE_V			BIT(0)
#define STE_CONFIG_S2		(6ULL << 1)
#define STE_SHCFG_INCOMING	BIT(44)	/* doubleword 1 */
#define STE_S2VMID(v)		((u64)(v))	/* doubleword 2 */
#define STE_S2T0SZ(v)		((u64)(v) << 32)
#define STE_S2SL0(v)		((u64)(v) << 38)
#define STE_S2IR0(v)		((u64)(v) << 40)
#define STE_S2OR0(v)		((u64)(v) << 42)
#define STE_S2SH0(v)		((u64)(v) << 44)
#define STE_S2TG(v)		((u64)(v) << 46)
#define STE_S2PS(v)		((u64)(v) << 48)
#define STE_S2AA64		BIT(51)
#define STE_S2R			BIT(58)
#define STE_DWORDS		8

/* Events, sec 7.3 */
#define EVT_TYPE(dw)		((dw)[0] & 0xff)
#define EVT_STREAMID(dw)	((dw)[0] >> 32)
#define EVT_RNW			BIT(35)		/* doubleword 1 */
#define EVT_INPUT_ADDR		2		/* doubleword 2 */
#define EVT_DWORDS		4

/* Entries of the level 1 table: 1 GiB each, as s2.h describes them */
#define TABLE_ENTRIES		512
#define S2_L1_INDEX(ipa)	((ipa) >> 30)
#define S2_L2_INDEX(ipa)	((ipa) >> 21 & (TABLE_ENTRIES - 1))
#define S2_L3_INDEX(ipa)	((ipa) >> 12 & (TABLE_ENTRIES - 1))
#define S2_L1_RAM		S2_L1_INDEX(S2_RAM_BASE)
#define S2_L1_RAM_MAX		S2_L1_INDEX(S2_RAM_MAX)
#define S2_L1_SHARED_RAM	S2_L1_INDEX(S2_SHARED | S2_RAM_BASE)

#define VMID_SHARED		1
#define VMID_PRIVATE		2

#define STRTAB_LOG2		12		/* buses 0 to 15 */
#define CMDQ_LOG2		6
#define EVENTQ_LOG2		12	/* QEMU: an event for each 4 bytes */

/* What a hostile guest can make the monitor print and wait for */
#define LOG_LINES_PER_SEC	8
#define SPIN_MAX		1000000

static u64 strtab[1 << STRTAB_LOG2][STE_DWORDS]
	__aligned(sizeof(u64) * STE_DWORDS << STRTAB_LOG2);
static u64 cmdq[1 << CMDQ_LOG2][2] __aligned(16 << CMDQ_LOG2);
static u64 eventq[1 << EVENTQ_LOG2][EVT_DWORDS] __aligned(32 << EVENTQ_LOG2);
static u64 s2_dma_shared[S2_ROOT_ENTRIES] __aligned(64);
static u64 s2_dma_private[S2_ROOT_ENTRIES] __aligned(64);
static u64 l2_msi[TABLE_ENTRIES] __aligned(4096);
static u64 l3_msi[TABLE_ENTRIES] __aligned(4096);

static unsigned int fault_count[1 << STRTAB_LOG2];
static u32 cmdq_prod;
static u32 eventq_cons;
static bool enabled;

static bool smmu_wait(u64 reg, u32 mask, u32 val)
{
	for (unsigned int i = 0; i < SPIN_MAX; i++) {
		if ((read32(SMMU_BASE + reg) & mask) == val)
			return true;
	}
	return false;
}

static bool smmu_write_cr0(u32 val)
{
	write32(SMMU_BASE + SMMU_CR0, val);
	return smmu_wait(SMMU_CR0ACK, ~0U, val);
}

static void cmdq_push(u64 dw0, u64 dw1)
{
	u64 *cmd = cmdq[cmdq_prod & ((1 << CMDQ_LOG2) - 1)];

	cmd[0] = dw0;
	cmd[1] = dw1;
	cmdq_prod = (cmdq_prod + 1) & ((2 << CMDQ_LOG2) - 1);
}

/*
 * Close a batch of commands: make them, and what they are about, visible and
 * wait until all of them took effect. No batch is larger than the queue, which
 * is empty between batches. A command in error stops the queue (CERROR_*), so
 * that shows as a timeout too.
 */
static void cmdq_sync(const char *what)
{
	cmdq_push(CMD_SYNC, 0);
	dsb(sy);
	write32(SMMU_BASE + SMMU_CMDQ_PROD, cmdq_prod);
	if (!smmu_wait(SMMU_CMDQ_CONS, ~0U, cmdq_prod))
		mon_panic("smmu: no end of %s", what);
}

static void cmdq_cfgi_ste(u16 rid)
{
	cmdq_push(CMD_CFGI_STE | (u64)rid << 32, CFGI_STE_LEAF);
}

static void cmdq_tlbi_vmid(u16 vmid)
{
	cmdq_push(CMD_TLBI_S12_VMALL | (u64)vmid << 32, 0);
}

/* Take over what the CPU's stage 2 has for RAM at this moment */
static void s2_dma_update(void)
{
	for (unsigned int i = 0; i < S2_L1_RAM_MAX; i++) {
		s2_dma_private[S2_L1_RAM + i] = s2_root[S2_L1_RAM + i];
		s2_dma_private[S2_L1_SHARED_RAM + i] =
			s2_root[S2_L1_SHARED_RAM + i];
		s2_dma_shared[S2_L1_SHARED_RAM + i] =
			s2_root[S2_L1_SHARED_RAM + i];
	}
}

/* Any function may send MSIs; that is all of MMIO that is in its reach */
static void s2_dma_map_msi(void)
{
	u64 table = S2_PTE_TABLE | S2_PTE_VALID;

	l3_msi[S2_L3_INDEX(GITS_TRANSLATER_PAGE)] =
		GITS_TRANSLATER_PAGE | S2_PTE_VALID | S2_PTE_TABLE |
		S2_PTE_DEVICE | S2_PTE_RW | S2_PTE_AF | S2_PTE_XN;
	l2_msi[S2_L2_INDEX(GITS_TRANSLATER_PAGE)] = (uintptr_t)l3_msi | table;
	s2_dma_shared[S2_L1_INDEX(GITS_TRANSLATER_PAGE)] = (uintptr_t)l2_msi | table;
	s2_dma_private[S2_L1_INDEX(GITS_TRANSLATER_PAGE)] = (uintptr_t)l2_msi | table;
}

/* All of an STE but the doubleword that makes it valid */
static void ste_fill(u64 *ste, bool private)
{
	ste[1] = STE_SHCFG_INCOMING;
	ste[2] = STE_S2VMID(private ? VMID_PRIVATE : VMID_SHARED) |
		 STE_S2T0SZ(S2_T0SZ) | STE_S2SL0(S2_SL0) |
		 STE_S2IR0(S2_IRGN0) | STE_S2OR0(S2_ORGN0) |
		 STE_S2SH0(S2_SH0) | STE_S2TG(S2_TG0) | STE_S2PS(S2_PS) |
		 STE_S2AA64 | STE_S2R;
	ste[3] = (uintptr_t)(private ? s2_dma_private : s2_dma_shared);
}

static bool ste_is_private(const u64 *ste)
{
	return ste[3] == (uintptr_t)s2_dma_private;
}

/*
 * s64 smmu_probe(u64 reg): read a register where a machine without an SMMU has
 * nothing but an external abort; -1 then. Has vectors of its own for that, of
 * which only "synchronous, current EL with SP_ELx" can be taken.
 */
s64 smmu_probe(u64 reg);
asm("	.pushsection .text\n"
"	.balign	2048\n"
"probe_vectors:\n"
"	.skip	0x200\n"
"	adr	x3, probe_abort\n"
"	msr	elr_el2, x3\n"
"	eret\n"
"smmu_probe:\n"
"	mrs	x1, vbar_el2\n"
"	adr	x2, probe_vectors\n"
"	msr	vbar_el2, x2\n"
"	isb\n"
"	ldr	w0, [x0]\n"
"	dsb	sy\n"
"	b	1f\n"
"probe_abort:\n"
"	mov	x0, #-1\n"
"1:	msr	vbar_el2, x1\n"
"	isb\n"
"	ret\n"
"	.popsection\n");

static bool smmu_usable(u32 idr0)
{
	u32 idr1 = read32(SMMU_BASE + SMMU_IDR1);
	u32 idr5 = read32(SMMU_BASE + SMMU_IDR5);

	return (idr0 & IDR0_S2P) && (idr0 & IDR0_TTF_AARCH64) &&
	       (idr0 & IDR0_COHACC) && !(idr1 & IDR1_FIXED) &&
	       (idr5 & IDR5_GRAN4K) && IDR5_OAS(idr5) >= S2_PS &&
	       IDR1_SIDSIZE(idr1) >= STRTAB_LOG2 &&
	       IDR1_CMDQS(idr1) >= CMDQ_LOG2 &&
	       IDR1_EVENTQS(idr1) >= EVENTQ_LOG2;
}

/**
 * smmu_init - put all PCI functions behind stage 2, with the shared table
 *
 * Context: CPU 0, after s2_init(), before the guest runs: uses ELR_EL2 and
 * SPSR_EL2.
 * Return: 0, or -1 when there is no SMMU that can do it. Whatever DMA the
 * SMMU controls is aborted then.
 */
int smmu_init(void)
{
	s64 idr0 = smmu_probe(SMMU_BASE + SMMU_IDR0);
	unsigned int rid;

	if (idr0 < 0) {
		mon_log("smmu: no SMMU at 0x%llx", SMMU_BASE);
		return -1;
	}

	if (!smmu_wait(SMMU_GBPA, GBPA_UPDATE, 0))
		return -1;
	write32(SMMU_BASE + SMMU_GBPA, GBPA_UPDATE | GBPA_ABORT);
	if (!smmu_wait(SMMU_GBPA, GBPA_UPDATE | GBPA_ABORT, GBPA_ABORT) ||
	    !smmu_write_cr0(0)) {
		mon_log("smmu: cannot be stopped");
		return -1;
	}
	if (!smmu_usable(idr0)) {
		mon_log("smmu: cannot do stage 2 as needed");
		return -1;
	}
	s2_dma_update();
	s2_dma_map_msi();
	for (rid = 0; rid < ARRAY_SIZE(strtab); rid++) {
		ste_fill(strtab[rid], false);
		strtab[rid][0] = STE_CONFIG_S2 | STE_V;
	}

	/* Interrupts belong to the guest: the event queue is polled */
	write32(SMMU_BASE + SMMU_IRQ_CTRL, 0);
	write32(SMMU_BASE + SMMU_CR1, CR1_WB_INNER);
	write32(SMMU_BASE + SMMU_CR2, CR2_RECINVSID | CR2_PTM);
	write64(SMMU_BASE + SMMU_STRTAB_BASE, (uintptr_t)strtab);
	write32(SMMU_BASE + SMMU_STRTAB_BASE_CFG, STRTAB_LOG2);
	write64(SMMU_BASE + SMMU_CMDQ_BASE, (uintptr_t)cmdq | CMDQ_LOG2);
	write32(SMMU_BASE + SMMU_CMDQ_PROD, 0);
	write32(SMMU_BASE + SMMU_CMDQ_CONS, 0);
	write64(SMMU_BASE + SMMU_EVENTQ_BASE, (uintptr_t)eventq | EVENTQ_LOG2);
	write32(SMMU_BASE + SMMU_EVENTQ_PROD, 0);
	write32(SMMU_BASE + SMMU_EVENTQ_CONS, 0);
	write32(SMMU_BASE + SMMU_GERRORN, read32(SMMU_BASE + SMMU_GERROR));

	if (!smmu_write_cr0(CR0_CMDQEN))
		return -1;
	cmdq_push(CMD_CFGI_STE_RANGE, CFGI_ALL_RANGE);
	cmdq_push(CMD_TLBI_NSNH_ALL, 0);
	cmdq_sync("CFGI_ALL");
	if (!smmu_write_cr0(CR0_CMDQEN | CR0_EVENTQEN | CR0_SMMUEN))
		return -1;
	enabled = true;
	return 0;
}

/**
 * smmu_set_private - choose the table of one function
 * @rid: Requester ID of the function
 * @on: true: protected RAM and the shared alias; false: the shared alias only
 *
 * In force when it returns. DMA that the function has under way meanwhile is
 * aborted, as the entry has to be invalid while it changes (sec 3.21.3.1).
 *
 * Context: monitor lock held.
 */
void smmu_set_private(u16 rid, bool on)
{
	u64 *ste;

	if (!enabled || rid >= ARRAY_SIZE(strtab)) {
		mon_log("smmu: function %x has no stream table entry", rid);
		return;
	}
	ste = strtab[rid];
	if (ste_is_private(ste) == on)
		return;
	s2_dma_update();

	ste[0] = 0;
	cmdq_cfgi_ste(rid);
	cmdq_sync("CFGI_STE");

	ste_fill(ste, on);
	dsb(sy);
	ste[0] = STE_CONFIG_S2 | STE_V;
	cmdq_cfgi_ste(rid);
	cmdq_tlbi_vmid(VMID_PRIVATE);
	cmdq_sync("CFGI_STE");
}

/**
 * smmu_invalidate - forget translations after a change of the CPU's stage 2
 *
 * The shared table never changes, so only the other one's VMID is concerned.
 *
 * Context: monitor lock held, the CPU's tables are written.
 */
void smmu_invalidate(void)
{
	if (!enabled)
		return;
	s2_dma_update();
	cmdq_tlbi_vmid(VMID_PRIVATE);
	cmdq_sync("TLBI_S12_VMALL");
}

/* A budget of LOG_LINES_PER_SEC. Return: may a line be printed now? */
static bool log_allowed(void)
{
	static u64 window_end;
	static unsigned int lines, dropped;
	u64 now = read_sysreg(cntpct_el0);

	if (now >= window_end) {
		if (dropped)
			mon_log("smmu: %u lines dropped", dropped);
		window_end = now + read_sysreg(cntfrq_el0);
		lines = 0;
		dropped = 0;
	}
	if (lines == LOG_LINES_PER_SEC) {
		dropped++;
		return false;
	}
	lines++;
	return true;
}

static const char *event_name(unsigned int type)
{
	switch (type) {
	case 0x02:
		return "C_BAD_STREAMID";
	case 0x04:
		return "C_BAD_STE";
	case 0x0b:
		return "F_WALK_EABT";
	case 0x10:
		return "F_TRANSLATION";
	case 0x11:
		return "F_ADDR_SIZE";
	case 0x12:
		return "F_ACCESS";
	case 0x13:
		return "F_PERMISSION";
	default:
		return "event";
	}
}

/* A device's access to one page may come as many events: one line for them */
static bool same_page(const u64 *a, const u64 *b)
{
	return a[0] == b[0] && a[1] == b[1] &&
	       !((a[EVT_INPUT_ADDR] ^ b[EVT_INPUT_ADDR]) >> PAGE_SHIFT);
}

static void smmu_event(const u64 *evt, const u64 *last)
{
	unsigned int type = EVT_TYPE(evt);
	u32 rid = EVT_STREAMID(evt);

	if (rid < ARRAY_SIZE(fault_count))
		fault_count[rid]++;
	if ((!last || !same_page(evt, last)) && log_allowed())
		mon_log("smmu: %s (0x%x) rid %x:%x.%x %s 0x%llx",
			event_name(type), type, rid >> 8, rid >> 3 & 0x1f,
			rid & 7, evt[1] & EVT_RNW ? "read" : "write",
			evt[EVT_INPUT_ADDR]);
}

/* An event that finds the queue full is lost; QEMU calls it EVENTQ_ABT_ERR */
static void events_lost(u32 prod)
{
	u32 gerror = read32(SMMU_BASE + SMMU_GERROR);
	u32 gerrorn = read32(SMMU_BASE + SMMU_GERRORN);

	if ((prod ^ eventq_cons) & EVENTQ_OVFLG)
		eventq_cons ^= EVENTQ_OVFLG;
	else if (!((gerror ^ gerrorn) & GERROR_EVENTQ_ABT))
		return;
	write32(SMMU_BASE + SMMU_GERRORN, gerror);
	if (log_allowed())
		mon_log("smmu: more faults than the event queue holds");
}

/**
 * smmu_poll - count and log the faults that the SMMU recorded
 *
 * Cheap when there is none. At most one queue full of events at a time, and a
 * bounded number of log lines per second, however many faults a device makes.
 *
 * Context: monitor lock held.
 */
void smmu_poll(void)
{
	u32 wrap = (2 << EVENTQ_LOG2) - 1;
	const u64 *evt, *last = NULL;
	u32 prod;

	if (!enabled)
		return;
	prod = read32(SMMU_BASE + SMMU_EVENTQ_PROD);
	if (prod == eventq_cons)
		return;
	dsb(sy);
	for (unsigned int n = 0; n < ARRAY_SIZE(eventq); n++) {
		if (!((prod ^ eventq_cons) & wrap))
			break;
		evt = eventq[eventq_cons & (wrap >> 1)];
		smmu_event(evt, last);
		last = evt;
		eventq_cons = (eventq_cons & EVENTQ_OVFLG) |
			      ((eventq_cons + 1) & wrap);
	}
	events_lost(prod);
	write32(SMMU_BASE + SMMU_EVENTQ_CONS, eventq_cons);
}

/**
 * smmu_fault_count - how often a function's DMA faulted since boot
 * @rid: Requester ID of the function
 *
 * Context: monitor lock held.
 * Return: number of events; one access can make several, a full queue loses some.
 */
unsigned int smmu_fault_count(u16 rid)
{
	smmu_poll();
	return rid < ARRAY_SIZE(fault_count) ? fault_count[rid] : 0;
}
