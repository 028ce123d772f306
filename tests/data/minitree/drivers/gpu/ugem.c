// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Objects of the ugem graphics driver and where their pages come from.
 */
#include <linux/slab.h>

#include "ugem.h"

static int ugem_alloc_array(struct ugem_object *obj)
{
	obj->pages = kvmalloc_array(obj->num_pages, sizeof(*obj->pages),
				    GFP_KERNEL);
	return obj->pages ? 0 : -ENOMEM;
}

/*
 * The fault handler may give us fewer pages than we asked for, so ask again
 * for the rest until the array is full.
 */
int ugem_pin_object(struct ugem_object *obj)
{
	unsigned long done = 0;
	long ret;

	ret = ugem_alloc_array(obj);
	if (ret)
		return ret;

	while (done < obj->num_pages) {
		struct page **pages = obj->pages + done;

		ret = pin_user_pages(obj->userptr + done * PAGE_SIZE,
				     obj->num_pages - done,
				     FOLL_WRITE | FOLL_LONGTERM, pages, NULL);
		if (ret < 0)
			goto err_unpin;
		done += ret;
	}

	ret = sg_alloc_table_from_pages(&obj->sgt, obj->pages, obj->num_pages,
					0, obj->num_pages << PAGE_SHIFT,
					GFP_KERNEL);
	if (!ret)
		return 0;

err_unpin:
	unpin_user_pages(obj->pages, done);
	kvfree(obj->pages);
	obj->pages = NULL;
	return ret;
}

/* One window of an object, for engines without an address translation. */
int ugem_pin_window(struct ugem_object *obj, unsigned long addr,
		    struct scatterlist *sgl, int nr)
{
	struct scatterlist *sg;
	int ret, i;

	ret = pin_user_pages_fast(addr, nr, FOLL_WRITE, obj->pages);
	if (ret <= 0)
		return ret ? ret : -EFAULT;

	for_each_sg(sgl, sg, ret, i)
		sg_set_page(sg, obj->pages[i], PAGE_SIZE, 0);
	return ret;
}

void ugem_unpin_object(struct ugem_object *obj)
{
	sg_free_table(&obj->sgt);
	unpin_user_pages_dirty_lock(obj->pages, obj->num_pages, true);
	kvfree(obj->pages);
	obj->pages = NULL;
}

/* The name says user pages, but HMM holds no reference on any of them. */
int ugem_mirror_object(struct ugem_object *obj)
{
	int ret;

	ret = ugem_alloc_array(obj);
	if (ret)
		return ret;
	ret = ugem_hmm_get_user_pages(obj, obj->pages);
	if (ret)
		return ret;
	return sg_alloc_table_from_pages(&obj->sgt, obj->pages, obj->num_pages,
					 0, obj->num_pages << PAGE_SHIFT,
					 GFP_KERNEL);
}

/* Objects without a user address are made of pages of the driver. */
int ugem_populate_object(struct ugem_object *obj)
{
	unsigned long i;
	int ret;

	ret = ugem_alloc_array(obj);
	if (ret)
		return ret;
	for (i = 0; i < obj->num_pages; i++) {
		obj->pages[i] = alloc_page(GFP_KERNEL);
		if (!obj->pages[i])
			return -ENOMEM;
	}
	return sg_alloc_table_from_pages(&obj->sgt, obj->pages, obj->num_pages,
					 0, obj->num_pages << PAGE_SHIFT,
					 GFP_KERNEL);
}
