// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Buffers that may be the user's or the driver's own, decided at run time.
 */
#include <linux/scatterlist.h>
#include <linux/slab.h>

#define GENBUF_PAGES	32

struct genbuf {
	unsigned long uaddr;
	void *shadow;
	struct scatterlist *sgl;
	struct sg_table sgt;
};

/* Without a user address the page is the driver's. */
int genbuf_map_one(struct genbuf *buf)
{
	struct page *page;

	if (buf->uaddr) {
		if (pin_user_pages_fast(buf->uaddr, 1, FOLL_WRITE, &page) != 1)
			return -EFAULT;
	} else {
		page = alloc_page(GFP_KERNEL);
		if (!page)
			return -ENOMEM;
	}
	sg_set_page(buf->sgl, page, PAGE_SIZE, 0);
	return 0;
}

/*
 * Pages the user did not back are taken from the shadow buffer, into the same
 * array.
 */
int genbuf_map_shadowed(struct genbuf *buf)
{
	struct page *pages[GENBUF_PAGES];
	int got, i;

	got = pin_user_pages_fast(buf->uaddr, GENBUF_PAGES, FOLL_WRITE, pages);
	if (got < 0)
		return got;
	for (i = got; i < GENBUF_PAGES; i++)
		pages[i] = vmalloc_to_page((char *)buf->shadow + i * PAGE_SIZE);

	return sg_alloc_table_from_pages(&buf->sgt, pages, GENBUF_PAGES, 0,
					 GENBUF_PAGES * PAGE_SIZE, GFP_KERNEL);
}

/* All or nothing: a user buffer that is too short is not used at all. */
int genbuf_map_strict(struct genbuf *buf)
{
	struct page *pages[GENBUF_PAGES];
	struct scatterlist *sg;
	int got, i;

	got = pin_user_pages_fast(buf->uaddr, GENBUF_PAGES, FOLL_WRITE, pages);
	if (got == GENBUF_PAGES) {
		for_each_sg(buf->sgl, sg, GENBUF_PAGES, i)
			sg_set_page(sg, pages[i], PAGE_SIZE, 0);
		return 0;
	}
	if (got > 0)
		unpin_user_pages(pages, got);
	return -EFAULT;
}
