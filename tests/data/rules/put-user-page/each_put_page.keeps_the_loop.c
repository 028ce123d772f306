// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

struct part {
	struct page *pages[4];
};

static unsigned int looked_at_again(unsigned long addr, struct page **pages, unsigned int nr)
{
	unsigned int i;

	if (pin_user_pages_fast(addr, nr, FOLL_WRITE, pages) != nr)
		return 0;
	for (i = 0; i < nr; i++)
		put_page(pages[i]);
	return i;
}

static void perhaps_negative(unsigned long addr, struct page **pages, int nr)
{
	int i, got;

	got = pin_user_pages_fast(addr, nr, FOLL_WRITE, pages);
	for (i = 0; i < got; i++)
		put_page(pages[i]);
}

static void does_more(unsigned long addr, struct page **pages, unsigned int nr)
{
	unsigned int i;

	if (pin_user_pages_fast(addr, nr, FOLL_WRITE, pages) != nr)
		return;
	for (i = 0; i < nr; i++) {
		flush_dcache_page(pages[i]);
		put_page(pages[i]);
	}
}

static void number_changes(unsigned long addr, struct page **pages, unsigned int nr)
{
	unsigned int i;

	if (pin_user_pages_fast(addr, nr, FOLL_WRITE, pages) != nr)
		return;
	for (i = 0; i < nr - i; i++)
		put_page(pages[i]);
}
