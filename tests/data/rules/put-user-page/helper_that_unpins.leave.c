// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

/* What it hands out is a page that was lent to somebody and unpinned: the reference is what that one has got. */
static struct page *lent_page(unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return NULL;
	lend(page);
	unpin_user_page(page);
	return page;
}

static void use_lent(unsigned long addr)
{
	struct page *page = lent_page(addr);

	put_page(page);
}

/* The same for several, in a loop. */
static int lent_pages(unsigned long addr, struct page **pages, int nr)
{
	int i;

	if (pin_user_pages_fast(addr, nr, FOLL_WRITE, pages) != nr)
		nr = 0;
	for (i = 0; i < nr; i++) {
		lend(pages[i]);
		unpin_user_page(pages[i]);
	}
	return nr;
}

static void use_all_lent(unsigned long addr)
{
	struct page *pages[8];
	int i, nr;

	nr = lent_pages(addr, pages, 8);
	for (i = 0; i < nr; i++)
		put_page(pages[i]);
}
