// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

struct ring {
	struct page *page;
	struct page **pages;
	unsigned int nr;
};

static int one(unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	touch(page_address(page));
	set_page_dirty(page);
	put_page(page);
	return 0;
}

static int ring_open(struct ring *ring, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	if (ring->nr > 8) {
		put_page(page);
		return -EINVAL;
	}
	ring->page = page;
	return 0;
}

static void ring_close(struct ring *ring)
{
	if (ring->page)
		put_page(compound_head(ring->page));
	ring->page = NULL;
}

static int counted_down(unsigned long addr, struct page **pages, int nr)
{
	int got = pin_user_pages_fast(addr, nr, FOLL_WRITE, pages);
	int i;

	if (got < nr) {
		for (i = 0; i < got; i++)
			put_page(pages[i]);
		return -EFAULT;
	}
	while (--got >= 0)
		put_page(pages[got]);
	return 0;
}
