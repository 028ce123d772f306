// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

static int as_a_folio(unsigned long addr)
{
	struct page *page;
	struct folio *folio;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	folio = page_folio(page);
	use(folio);
	folio_put(folio);
	return 0;
}

static int of_a_page(unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	folio_put(page_folio(page));
	return 0;
}
