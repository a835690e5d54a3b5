// SPDX-License-Identifier: GPL-2.0
/*
 * Test monitor: which of a TDI's pages the guest can reach, by which alias
 */
#include "s2.h"
#include "vdev.h"

static u64 range_end(const struct tee_range *range)
{
	return range->pa + range->pages * PAGE_SIZE;
}

/* Iterates over the pages of all ranges: false after the last */
static bool tee_page(const struct vdev *v, u32 n, u64 *pa)
{
	for (unsigned int i = 0; i < v->nr_ranges; i++) {
		if (n < v->range[i].pages) {
			*pa = v->range[i].pa + n * PAGE_SIZE;
			return true;
		}
		n -= v->range[i].pages;
	}
	return false;
}

/**
 * vdev_dev_pages - count the pages that the guest holds as RIPAS_DEV
 * @v: the TDI
 *
 * Context: monitor lock held.
 * Return: number of pages
 */
u32 vdev_dev_pages(const struct vdev *v)
{
	u32 count = 0;
	u64 pa;

	for (u32 n = 0; tee_page(v, n, &pa); n++)
		count += s2_ripas(pa) == RIPAS_DEV;
	return count;
}

/**
 * vdev_overlaps - does an IPA range touch the TEE memory of a TDI?
 * @v: the TDI
 * @base: start
 * @top: end, exclusive
 *
 * Context: monitor lock held.
 * Return: true if so
 */
bool vdev_overlaps(const struct vdev *v, u64 base, u64 top)
{
	for (unsigned int i = 0; i < v->nr_ranges; i++) {
		if (base < range_end(&v->range[i]) && v->range[i].pa < top)
			return true;
	}
	return false;
}

/**
 * vdev_of_page - whose TEE memory is this?
 * @pa: address of a page
 *
 * Context: monitor lock held.
 * Return: the TDI, or NULL
 */
struct vdev *vdev_of_page(u64 pa)
{
	struct vdev *v;

	for (unsigned int i = 0; (v = vdev_at(i)); i++) {
		if (vdev_overlaps(v, pa, pa + PAGE_SIZE))
			return v;
	}
	return NULL;
}

/**
 * vdev_map - make stage 2 follow the state of a TDI
 * @v: the TDI
 *
 * TEE memory answers T=1 requests in RUN only, and T=0 requests in UNLOCKED only
 * (PCIe r6.x, sec 11.2).
 *
 * Context: monitor lock held.
 */
void vdev_map(struct vdev *v)
{
	u64 pa;

	for (u32 n = 0; tee_page(v, n, &pa); n++) {
		s2_map_dev(pa, v->state == TDI_RUN);
		s2_map_shared_mmio(pa, v->state == TDI_UNLOCKED);
	}
	s2_flush();
}

/**
 * vdev_destroy_pages - the host unmaps what the guest holds as RIPAS_DEV
 * @v: the TDI
 *
 * Context: monitor lock held.
 */
void vdev_destroy_pages(struct vdev *v)
{
	u64 pa;

	for (u32 n = 0; tee_page(v, n, &pa); n++) {
		if (s2_ripas(pa) == RIPAS_DEV)
			s2_set_ripas(pa, RIPAS_DESTROYED);
	}
	s2_flush();
}

static const struct tee_range *range_of(const struct vdev *v, u64 base, u64 top)
{
	for (unsigned int i = 0; i < v->nr_ranges; i++) {
		if (base >= v->range[i].pa && top <= range_end(&v->range[i]))
			return &v->range[i];
	}
	return NULL;
}

/**
 * vdev_validate - map a part of a TDI's TEE memory for the guest
 * @v: the TDI
 * @base: start of the IPA range
 * @top: its end
 * @pa: address that the guest read from the interface report
 * @next: set to where to go on
 *
 * The guest's BAR is where the real one is and the reporting offset is 0, so all
 * three names of a page must be equal. About half of a range is done per call:
 * a host may stop anywhere, and the guest's loop shall be used.
 *
 * Context: monitor lock held.
 * Return: false if the host cannot provide this mapping
 */
bool vdev_validate(struct vdev *v, u64 base, u64 top, u64 pa, u64 *next)
{
	u64 pages = (top - base) >> PAGE_SHIFT;
	u64 end = base + ((pages + 1) / 2 << PAGE_SHIFT);

	*next = base;
	if (!range_of(v, base, top) || pa != base)
		return false;
	for (u64 page = base; page < end; page += PAGE_SIZE) {
		if (s2_ripas(page) != RIPAS_EMPTY)
			return false;
	}
	for (u64 page = base; page < end; page += PAGE_SIZE)
		s2_set_ripas(page, RIPAS_DEV);
	vdev_map(v);
	*next = end;
	return true;
}
