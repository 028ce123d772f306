/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _UGEM_H
#define _UGEM_H

#include <linux/list.h>
#include <linux/scatterlist.h>

/**
 * struct ugem_object - a buffer of the graphics driver
 * @link: entry in the device's list of objects
 * @userptr: start of the buffer in the owner's address space
 * @num_pages: size of the buffer
 * @pages: the pages behind it, once they are there
 * @sgt: the same for the device
 */
struct ugem_object {
	struct list_head link;
	unsigned long userptr;
	unsigned long num_pages;
	struct page **pages;
	struct sg_table sgt;
};

int ugem_hmm_get_user_pages(struct ugem_object *obj, struct page **pages);

#endif /* _UGEM_H */
