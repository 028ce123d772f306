// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Mirrored address spaces: the device sees what the process sees, without
 * holding any page.
 */
#include <linux/hmm.h>
#include <linux/slab.h>

#include "ugem.h"

/**
 * ugem_hmm_get_user_pages - look up the pages of an object through HMM
 * @obj: the object
 * @pages: where to put them, obj->num_pages entries
 *
 * No reference is taken: a notifier tells when the pages go away.
 */
int ugem_hmm_get_user_pages(struct ugem_object *obj, struct page **pages)
{
	struct hmm_range range = {
		.start = obj->userptr,
		.end = obj->userptr + obj->num_pages * PAGE_SIZE,
	};
	unsigned long i;
	int ret;

	range.hmm_pfns = kvmalloc_array(obj->num_pages,
					sizeof(*range.hmm_pfns), GFP_KERNEL);
	if (!range.hmm_pfns)
		return -ENOMEM;

	ret = hmm_range_fault(&range);
	if (!ret) {
		for (i = 0; i < obj->num_pages; i++)
			pages[i] = hmm_pfn_to_page(range.hmm_pfns[i]);
	}
	kvfree(range.hmm_pfns);
	return ret;
}

/* The first page again, for a device that needs its command stream early. */
int ugem_hmm_prefetch(struct ugem_object *obj, struct scatterlist *sg)
{
	unsigned long pfn;
	struct hmm_range range = {
		.start = obj->userptr,
		.end = obj->userptr + PAGE_SIZE,
		.hmm_pfns = &pfn,
	};
	struct page *page;
	int ret;

	ret = hmm_range_fault(&range);
	if (ret)
		return ret;
	page = hmm_pfn_to_page(pfn);
	sg_set_page(sg, page, PAGE_SIZE, 0);
	return 0;
}
