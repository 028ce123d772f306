// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

struct ring {
	struct page *page;
	struct page **pages;
	unsigned int nr;
	bool written;
};

static int ring_open(struct ring *ring, unsigned long addr)
{
	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &ring->page) != 1)
		return -EFAULT;
	if (get_user_pages_fast(addr, ring->nr, FOLL_WRITE, ring->pages) != ring->nr)
		return -EFAULT;
	return 0;
}

static void ring_close(struct ring *ring)
{
	set_page_dirty_lock(ring->page);
	put_page(ring->page);
}

static void ring_drop(struct ring *ring)
{
	if (ring->written)
		set_page_dirty_lock(ring->page);
	put_page(ring->page);
}

static int one(unsigned long addr, bool dirty)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	if (dirty)
		set_page_dirty_lock(page);
	put_page(page);
	return 0;
}

static void ring_empty(struct ring *ring, int left)
{
	int i;

	for (i = 0; i < left; i++) {
		if (ring->written)
			set_page_dirty_lock(ring->pages[i]);
		put_page(ring->pages[i]);
	}
}
