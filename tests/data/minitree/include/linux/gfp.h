/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_GFP_H
#define _LINUX_GFP_H

#include <linux/types.h>

#define GFP_KERNEL	((gfp_t)0x0cc0u)
#define GFP_NOIO	((gfp_t)0x0c00u)
#define __GFP_ZERO	((gfp_t)0x0100u)

struct page;

struct page *alloc_pages(gfp_t gfp, unsigned int order);
void __free_pages(struct page *page, unsigned int order);

#define alloc_page(gfp_mask)	alloc_pages(gfp_mask, 0)
#define __free_page(page)	__free_pages((page), 0)

#endif /* _LINUX_GFP_H */
