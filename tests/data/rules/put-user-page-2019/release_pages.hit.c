// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

static int of_unsigned(unsigned long addr, struct page **pages, unsigned int nr)
{
	if (get_user_pages_fast(addr, nr, FOLL_WRITE, pages) != nr)
		return -EFAULT;
	release_pages(pages, nr);
	return 0;
}

static int of_constant(unsigned long addr)
{
	struct page *pages[4];

	if (get_user_pages_fast(addr, 4, FOLL_WRITE, pages) != 4)
		return -EFAULT;
	release_pages(pages, 4);
	return 0;
}

static void perhaps_negative(unsigned long addr, struct page **pages, int nr)
{
	int got = get_user_pages_fast(addr, nr, FOLL_WRITE, pages);

	release_pages(pages, got);
}

static void known_to_be_positive(unsigned long addr, struct page **pages, int nr)
{
	int got = get_user_pages_fast(addr, nr, FOLL_WRITE, pages);

	if (got > 0) {
		wait();
		release_pages(pages, got);
	}
}

static void one_of_two(unsigned long addr, struct page **pages, int nr, bool keep)
{
	int got = get_user_pages_fast(addr, nr, FOLL_WRITE, pages);

	if (!keep)
		release_pages(pages, got);
	else
		store(pages, got);
}
