// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Rings shared with a guest: bytes of the guest's memory are reached through
 * bio_vecs, so that the copy routines need not know.
 */
#include <linux/bvec.h>
#include <linux/slab.h>
#include <linux/uio.h>

#define VRING_BATCH	16

struct vring {
	int (*kick)(struct vring *vr, struct bio_vec *bvecs, int nr);
};

struct vring_indirect {
	struct page *table;
	struct bio_vec bvec;
};

/**
 * vring_read_u16 - read one index of the ring
 * @uaddr: its address
 * @val: where to put it
 */
int vring_read_u16(unsigned long uaddr, u16 *val)
{
	struct iov_iter iter;
	struct page *page;
	size_t copied = 0;

	if (get_user_pages_fast(uaddr, 1, 0, &page) == 1) {
		struct bio_vec bvec = {
			.bv_page = page,
			.bv_len = sizeof(*val),
			.bv_offset = offset_in_page(uaddr),
		};

		iov_iter_bvec(&iter, 0, &bvec, 1, sizeof(*val));
		copied = copy_from_iter(val, sizeof(*val), &iter);
		put_page(page);
	}
	return copied == sizeof(*val) ? 0 : -EFAULT;
}

/**
 * vring_post - give the device a batch of the guest's pages
 * @vr: the ring
 * @uaddr: start of the guest's buffer, page aligned
 * @nr: how many pages
 */
int vring_post(struct vring *vr, unsigned long uaddr, int nr)
{
	struct bio_vec bvecs[VRING_BATCH];
	struct page *pages[VRING_BATCH];
	int got, i, ret;

	got = pin_user_pages_fast(uaddr, min_t(int, nr, VRING_BATCH),
				  FOLL_WRITE, pages);
	if (got <= 0)
		return got ? got : -EFAULT;

	for (i = 0; i < got; i++) {
		bvecs[i].bv_page = pages[i];
		bvecs[i].bv_len = PAGE_SIZE;
		bvecs[i].bv_offset = 0;
	}
	ret = vr->kick(vr, bvecs, got);
	unpin_user_pages(pages, got);
	return ret;
}

/* Indirect descriptors live in a table of the host. */
int vring_alloc_indirect(struct vring_indirect *ind)
{
	ind->table = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!ind->table)
		return -ENOMEM;
	bvec_set_page(&ind->bvec, ind->table, PAGE_SIZE, 0);
	return 0;
}
