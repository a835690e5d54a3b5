// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: Interrupt Translation Service (Arm IHI 0069)
 *
 * The guest shares the tables and queues of the ITS and the redistributors with the
 * host, and names them by their address without S2_SHARED. Here that is other memory
 * than the ITS would find: the bit is added to what the guest writes and taken away
 * from what it reads.
 */
#include "its.h"
#include "s2.h"

#define GITS_CBASER		0x0080
#define GITS_CWRITER		0x0088
#define GITS_BASER(n)		(0x0100 + 8 * (n))
#define GITS_BASERS		8
#define GITS_BASER_INDIRECT	BIT(62)
#define GITS_CBASER_PAGES	0xffULL
#define GITS_CWRITER_OFFSET	GENMASK(19, 5)

#define GICR_PROPBASER		0x0070
#define GICR_PENDBASER		0x0078

#define ADDRESS			GENMASK(51, 12)

/* ITS commands: four doublewords each */
#define CMD_SIZE		32
#define CMD_MAPD		0x08

static u64 done;	/* offset in the queue up to which commands were seen */

/**
 * its_init - trap the registers that hold addresses
 *
 * Context: CPU 0, before the guest runs.
 */
void its_init(void)
{
	s2_map_shared_mmio(GITS_BASE, false);
	for (u64 cpu = 0; cpu < params->nr_cpus; cpu++)
		s2_map_shared_mmio(GICR_BASE + cpu * GICR_SIZE, false);
}

/* A MAPD command has the address of the device's table */
static void map_device(u64 *cmd)
{
	if ((cmd[0] & 0xff) == CMD_MAPD && cmd[2] & ADDRESS)
		cmd[2] |= S2_SHARED;
}

static void new_commands(u64 cwriter)
{
	u64 cbaser = read64(GITS_BASE + GITS_CBASER);
	u64 queue = cbaser & ADDRESS;
	u64 size = ((cbaser & GITS_CBASER_PAGES) + 1) << PAGE_SHIFT;
	u64 end = cwriter & GITS_CWRITER_OFFSET;
	u64 ram = S2_SHARED | S2_RAM_BASE;

	if (queue < ram || size > params->ram_size ||
	    queue - ram > params->ram_size - size || end >= size) {
		mon_log("ITS: queue 0x%llx of 0x%llx bytes is not in shared RAM",
			queue, size);
		return;
	}
	for (; done != end; done = (done + CMD_SIZE) % size)
		map_device((u64 *)(uintptr_t)(queue + done));
}

static bool has_address(u64 pa)
{
	u64 off = pa & (PAGE_SIZE - 1);

	if (ALIGN_DOWN(pa, PAGE_SIZE) == GITS_BASE)
		return off == GITS_CBASER ||
		       (off >= GITS_BASER(0) && off < GITS_BASER(GITS_BASERS));
	return off == GICR_PROPBASER || off == GICR_PENDBASER;
}

static void its_read(struct mmio *mmio, u64 pa)
{
	if (mmio->size == 8)
		mmio->val = read64(pa);
	else
		mmio->val = read32(pa);
	if (has_address(pa) && mmio->size == 8)
		mmio->val &= ~S2_SHARED;
}

static void its_write(struct mmio *mmio, u64 pa)
{
	u64 val = mmio->val;

	if (has_address(pa)) {
		if (val & ADDRESS)
			val |= S2_SHARED;
		/* Tables of the second level would have to be looked after, too */
		if (pa >= GITS_BASE + GITS_BASER(0) && pa < GITS_BASE + PAGE_SIZE)
			val &= ~GITS_BASER_INDIRECT;
	}
	if (pa == GITS_BASE + GITS_CBASER)
		done = 0;
	if (pa == GITS_BASE + GITS_CWRITER)
		new_commands(val);

	if (mmio->size == 8)
		write64(pa, val);
	else
		write32(pa, val);
}

/**
 * its_access - carry out an access to the registers that its_init() trapped
 * @mmio: the access
 *
 * Context: monitor lock held.
 * Return: false if there are none at this address
 */
bool its_access(struct mmio *mmio)
{
	u64 pa = mmio->ipa & ~S2_SHARED;
	u64 page = ALIGN_DOWN(pa, PAGE_SIZE);
	bool gicr = page >= GICR_BASE && IS_ALIGNED(page - GICR_BASE, GICR_SIZE) &&
		    (page - GICR_BASE) / GICR_SIZE < params->nr_cpus;

	if (!(mmio->ipa & S2_SHARED) || (page != GITS_BASE && !gicr))
		return false;
	/* An address is written as a whole */
	if (mmio->size < 4 || !IS_ALIGNED(pa, mmio->size) ||
	    (mmio->write && mmio->size != 8 && has_address(pa)))
		return false;

	if (mmio->write)
		its_write(mmio, pa);
	else
		its_read(mmio, pa);
	return true;
}
