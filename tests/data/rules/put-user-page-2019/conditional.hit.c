// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/uio.h>

static int gotten(struct iov_iter *iter)
{
	struct page *pages[4];
	size_t off;
	unsigned int i, nr;
	ssize_t got;

	got = iov_iter_get_pages2(iter, pages, PAGE_SIZE, 4, &off);
	if (got <= 0)
		return -EFAULT;
	nr = DIV_ROUND_UP(got + off, PAGE_SIZE);
	if (nr > 3) {
		release_pages(pages, nr);
		return -EINVAL;
	}
	for (i = 0; i < nr; i++)
		put_page(pages[i]);
	return 0;
}
