// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Streams over ZRX: data is described by bio_vecs, as for a block device.
 */
#include <linux/slab.h>

#include "zrx.h"

static int zrx_pin_frame(unsigned long uaddr, struct page **pages, int nr)
{
	int got = pin_user_pages_fast(uaddr, nr, FOLL_WRITE, pages);

	if (got == nr)
		return 0;
	if (got > 0)
		unpin_user_pages(pages, got);
	return -EFAULT;
}

/* The pages are pinned by a function of this file, not by this one. */
int zrx_frame_to_bvecs(struct bio_vec *bvec, unsigned long uaddr, int nr)
{
	struct page *pages[ZRX_FRAGS];
	int i, ret;

	if (nr > ZRX_FRAGS)
		return -EINVAL;
	ret = zrx_pin_frame(uaddr, pages, nr);
	if (ret)
		return ret;
	for (i = 0; i < nr; i++)
		bvec_set_page(&bvec[i], pages[i], PAGE_SIZE, 0);
	return nr;
}

/**
 * zrx_bvec_from_iter - describe the next pages of an iterator
 * @bvec: where to
 * @from: the iterator; it is advanced
 * @nr: room in @bvec
 */
int zrx_bvec_from_iter(struct bio_vec *bvec, struct iov_iter *from, int nr)
{
	struct page *page;
	size_t offset;
	ssize_t len;
	int i;

	for (i = 0; i < nr && iov_iter_count(from); i++) {
		len = iov_iter_get_pages2(from, &page, PAGE_SIZE, 1, &offset);
		if (len <= 0)
			return len ? len : -EFAULT;
		bvec_set_page(&bvec[i], page, len, offset);
	}
	return i;
}
