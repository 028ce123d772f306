/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_PAGEMAP_H
#define _LINUX_PAGEMAP_H

#include <linux/mm.h>

struct page *find_or_create_page(struct address_space *mapping, pgoff_t index,
				 gfp_t gfp_mask);
void unlock_page(struct page *page);

#endif /* _LINUX_PAGEMAP_H */
