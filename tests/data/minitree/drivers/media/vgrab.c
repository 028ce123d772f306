// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * A frame grabber that writes into a buffer of the application.
 */
#include <linux/scatterlist.h>
#include <linux/slab.h>

#define VGRAB_MAX_PAGES	128

struct vgrab_buffer {
	unsigned long vaddr;
	unsigned int nr_pages;
	bool long_lived;
	struct page **pages;
	struct scatterlist *sgl;
};

/*
 * A buffer that stays for the whole capture must not sit in movable memory;
 * one for a single frame may.
 */
int vgrab_buffer_init(struct vgrab_buffer *buf)
{
	struct page **pages;
	struct scatterlist *sg;
	long got;
	int i;

	pages = kvmalloc_array(buf->nr_pages, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;

	if (buf->long_lived)
		got = pin_user_pages(buf->vaddr, buf->nr_pages,
				     FOLL_WRITE | FOLL_LONGTERM, pages, NULL);
	else
		got = pin_user_pages_unlocked(buf->vaddr, buf->nr_pages, pages,
					      FOLL_WRITE);
	if (got != buf->nr_pages)
		goto err_unpin;

	for_each_sg(buf->sgl, sg, buf->nr_pages, i)
		sg_set_page(sg, pages[i], PAGE_SIZE, 0);
	buf->pages = pages;
	return 0;

err_unpin:
	if (got > 0)
		unpin_user_pages(pages, got);
	kvfree(pages);
	return got < 0 ? got : -EFAULT;
}

void vgrab_buffer_cleanup(struct vgrab_buffer *buf)
{
	unpin_user_pages_dirty_lock(buf->pages, buf->nr_pages, true);
	kvfree(buf->pages);
	buf->pages = NULL;
}

/*
 * The sensor's calibration table ends up behind the last line. A first look
 * at the user's page tells whether there is room; what the device gets is a
 * copy.
 */
int vgrab_attach_table(struct vgrab_buffer *buf, unsigned long uaddr)
{
	struct page *page;
	bool fits;

	if (get_user_pages_fast(uaddr, 1, 0, &page) != 1)
		return -EFAULT;
	fits = !page->index;
	put_page(page);
	if (!fits)
		return -EINVAL;

	page = alloc_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	sg_set_page(buf->sgl, page, PAGE_SIZE, 0);
	return 0;
}
