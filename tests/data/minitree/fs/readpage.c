// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Buffered reads: everything here lives in the page cache.
 */
#include <linux/blkdev.h>
#include <linux/pagemap.h>

int read_cache_range(struct bio *bio, struct address_space *mapping,
		     pgoff_t first, unsigned int nr)
{
	pgoff_t index;

	for (index = first; index < first + nr; index++) {
		struct page *page;

		page = find_or_create_page(mapping, index, GFP_KERNEL);
		if (!page)
			return -ENOMEM;
		if (bio_add_page(bio, page, PAGE_SIZE, 0) < PAGE_SIZE) {
			unlock_page(page);
			put_page(page);
			break;
		}
	}
	submit_bio(bio);
	return 0;
}
