// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

/* It gives the pages back where it did not get all of them. */
static int pin_all(unsigned long addr, struct page **pages, int nr)
{
	int got = pin_user_pages_fast(addr, nr, FOLL_WRITE, pages);

	if (got >= 0 && got < nr) {
		for (int i = 0; i < got; i++)
			put_page(pages[i]);
		got = -EFAULT;
	}
	return got;
}

static int use_all(unsigned long addr)
{
	struct page *pages[8];
	int i;

	if (pin_all(addr, pages, 8) < 0)
		return -EFAULT;
	for (i = 0; i < 8; i++)
		put_page(pages[i]);
	return 0;
}
