/* SPDX-License-Identifier: GPL-2.0 */
/* Test vectors as parameters of KUnit tests */
#ifndef __PCI_TSM_VECTORS_KUNIT_H
#define __PCI_TSM_VECTORS_KUNIT_H

#include <kunit/test.h>
#include "vectors.h"

/* A case in memory of exactly its size, for KASAN to see each byte beyond */
static inline u8 *vector_alloc(struct kunit *test, const struct vector_case *c,
			       size_t *len)
{
	u8 *room = kunit_kzalloc(test, vector_room(c), GFP_KERNEL);
	u8 *buf;

	KUNIT_ASSERT_NOT_NULL(test, room);
	*len = vector_make(c, room);
	buf = kunit_kmalloc(test, *len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	memcpy(buf, room, *len);
	kunit_kfree(test, room);
	return buf;
}

static inline void vector_desc(const struct vector_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s: %s", c->from->name, c->name);
}

#endif /* __PCI_TSM_VECTORS_KUNIT_H */
