// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

/* Another reference is taken around a use of the page. */
static int around_a_use(unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	get_page(page);
	lend(page);
	put_page(page);
	put_page(page);
	return 0;
}

/* From elsewhere. */
static void of_the_kernel(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	put_page(page);
}
