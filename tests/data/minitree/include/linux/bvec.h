/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_BVEC_H
#define _LINUX_BVEC_H

#include <linux/mm.h>

/**
 * struct bio_vec - a contiguous range of physical memory
 * @bv_page: first page of the range
 * @bv_len: number of bytes in the range
 * @bv_offset: start of the range, relative to the start of @bv_page
 */
struct bio_vec {
	struct page	*bv_page;
	unsigned int	bv_len;
	unsigned int	bv_offset;
};

/**
 * bvec_set_page - initialize a bvec based off a struct page
 * @bv: bvec to initialize
 * @page: page the bvec should point to
 * @len: length of the bvec
 * @offset: offset into the page
 */
static inline void bvec_set_page(struct bio_vec *bv, struct page *page,
				 unsigned int len, unsigned int offset)
{
	bv->bv_offset = offset;
	bv->bv_len = len;
	bv->bv_page = page;
}

#endif /* _LINUX_BVEC_H */
