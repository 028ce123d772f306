// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

struct ring {
	struct page **pages;
	unsigned int nr;
};

static int ring_open(struct ring *ring, unsigned long addr)
{
	long got;
	int i;

	got = get_user_pages_fast(addr, ring->nr, FOLL_WRITE, ring->pages);
	if (got == ring->nr)
		return 0;
	for (i = 0; i < got; i++)
		put_page(ring->pages[i]);
	return -EFAULT;
}

static void ring_close(struct ring *ring)
{
	int i;

	for (i = 0; i < ring->nr; i++)
		put_page(ring->pages[i]);
	kfree(ring->pages);
}

static void read_in(unsigned long addr, struct page **pages, size_t nr)
{
	size_t i, failed = 0;

	if (get_user_pages_fast(addr, nr, FOLL_WRITE, pages) != nr)
		return;
	for (i = 0; i < nr; i++) {
		put_page(pages[i]);
	}
	report(failed);
}

static int down(unsigned long addr, struct page **pages, int nr)
{
	nr = get_user_pages_fast(addr, nr, FOLL_WRITE, pages);
	if (nr < 0)
		return nr;
	while (nr--)
		put_page(pages[nr]);
	return 0;
}
