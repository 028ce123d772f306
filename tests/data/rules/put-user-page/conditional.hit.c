// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/uio.h>

static int extracted(struct iov_iter *iter)
{
	struct page *page, **pages = &page;
	size_t off;

	if (iov_iter_extract_pages(iter, &pages, PAGE_SIZE, 1, 0, &off) <= 0)
		return -EFAULT;
	use(page);
	put_page(page);
	return 0;
}
