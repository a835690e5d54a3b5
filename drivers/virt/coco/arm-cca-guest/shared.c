// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arm CCA device assignment: memory that the host can read and write, too
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/set_memory.h>

#include "arm-cca-da.h"

/*
 * A page whose state is unknown must not be used for anything else: it is
 * leaked, and so it is when it cannot be made private again.
 */

/**
 * arm_cca_shared_page_alloc - allocate a page that is shared with the host
 *
 * Context: Process context, may sleep.
 * Return: the page, zeroed, or NULL.
 */
void *arm_cca_shared_page_alloc(void)
{
	void *page = (void *)__get_free_page(GFP_KERNEL);

	if (!page)
		return NULL;

	if (set_memory_decrypted((unsigned long)page, 1)) {
		pr_err("leaking a page that cannot be shared\n");
		return NULL;
	}

	/* It is other memory now, with whatever the host left in it */
	clear_page(page);
	return page;
}

/**
 * arm_cca_shared_page_free - undo arm_cca_shared_page_alloc()
 * @page: the page, or NULL
 *
 * Context: Process context, may sleep.
 */
void arm_cca_shared_page_free(void *page)
{
	if (!page)
		return;

	if (set_memory_encrypted((unsigned long)page, 1)) {
		pr_err("leaking a page that cannot be made private\n");
		return;
	}
	free_page((unsigned long)page);
}
