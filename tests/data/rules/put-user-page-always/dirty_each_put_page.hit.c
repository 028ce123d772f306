// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

struct ring {
	struct page **pages;
	unsigned int nr;
};

static int ring_open(struct ring *ring, unsigned long addr)
{
	if (get_user_pages_fast(addr, ring->nr, FOLL_WRITE, ring->pages) != ring->nr)
		return -EFAULT;
	return 0;
}

static void ring_close(struct ring *ring)
{
	int i;

	for (i = 0; i < ring->nr; i++) {
		set_page_dirty_lock(ring->pages[i]);
		put_page(ring->pages[i]);
	}
	kfree(ring->pages);
}

static void ring_drop(struct ring *ring, bool dirty)
{
	int i, n = 0;

	for (i = 0; i < ring->nr; i++) {
		struct page *page = ring->pages[i];

		if (dirty)
			set_page_dirty_lock(page);
		put_page(page);
	}
	report(n);
}

static void which_are_dirty(struct ring *ring)
{
	int i;

	for (i = 0; i < ring->nr; i++) {
		if (i)
			set_page_dirty_lock(ring->pages[i]);
		put_page(ring->pages[i]);
	}
}
