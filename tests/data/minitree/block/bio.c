// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The bio itself: how pages get in, and how they are let go.
 */
#include <linux/blkdev.h>
#include <linux/slab.h>

/*
 * Pages that follow each other in memory share one bvec, so that a device
 * sees as few segments as possible.
 */
static bool bio_try_merge_page(struct bio *bio, struct page *page,
			       unsigned int len, unsigned int off)
{
	struct bio_vec *last;

	if (!bio->bi_vcnt)
		return false;
	last = &bio->bi_io_vec[bio->bi_vcnt - 1];
	if (last->bv_page != page || last->bv_offset + last->bv_len != off)
		return false;
	last->bv_len += len;
	bio->bi_size += len;
	return true;
}

/**
 * __bio_add_page - add page(s) to a bio in a new segment
 * @bio: destination bio
 * @page: start page to add
 * @len: length of the data to add
 * @off: offset of the data relative to @page
 *
 * The caller must know that the bio has room for one more segment.
 */
void __bio_add_page(struct bio *bio, struct page *page,
		    unsigned int len, unsigned int off)
{
	WARN_ON_ONCE(bio_full(bio));
	bvec_set_page(&bio->bi_io_vec[bio->bi_vcnt], page, len, off);
	bio->bi_size += len;
	bio->bi_vcnt++;
}

/**
 * bio_add_page - attempt to add page(s) to a bio
 * @bio: destination bio
 * @page: start page to add
 * @len: length of the data to add
 * @off: offset of the data relative to @page
 *
 * Return: @len, or 0 when the bio is full.
 */
int bio_add_page(struct bio *bio, struct page *page,
		 unsigned int len, unsigned int off)
{
	if (bio_try_merge_page(bio, page, len, off))
		return len;
	if (bio_full(bio))
		return 0;
	__bio_add_page(bio, page, len, off);
	return len;
}

/**
 * bio_iov_iter_get_pages - add the pages of an iterator to a bio
 * @bio: destination bio
 * @iter: where the data is
 *
 * Takes as many pages as fit. Pages that did not fit are given back and the
 * iterator is moved back to where they start.
 */
int bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter)
{
	struct page *pages[16];
	ssize_t size, left;
	size_t offset;
	unsigned int len, i;

	size = iov_iter_get_pages2(iter, pages, UINT_MAX, ARRAY_SIZE(pages),
				   &offset);
	if (size <= 0)
		return size ? size : -EFAULT;

	for (left = size, i = 0; left > 0; left -= len, i++) {
		struct page *page = pages[i];

		len = min_t(size_t, PAGE_SIZE - offset, left);
		if (bio_add_page(bio, page, len, offset) != len) {
			iov_iter_revert(iter, left);
			break;
		}
		offset = 0;
	}

	while (left > 0) {
		put_page(pages[i++]);
		left -= min_t(ssize_t, left, PAGE_SIZE);
	}
	return 0;
}

/**
 * bio_release_pages - drop the references a bio holds on its pages
 * @bio: the bio
 * @mark_dirty: the device wrote to the pages
 */
void bio_release_pages(struct bio *bio, bool mark_dirty)
{
	struct bio_vec *bv;
	int i;

	bio_for_each_bvec_all(bv, bio, i) {
		if (mark_dirty)
			bv->bv_page->flags |= 1;
		put_page(bv->bv_page);
	}
}
