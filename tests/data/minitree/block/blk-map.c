// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Data of passthrough requests: straight from user memory, through a bounce
 * buffer, or from a kernel buffer.
 */
#include <linux/blkdev.h>
#include <linux/slab.h>

#define BLK_MAP_BATCH	32

/*
 * Zero copy. The pages stay pinned until blk_unmap_user() walks the bio.
 */
static int blk_map_user_direct(struct request *rq, unsigned long uaddr,
			       unsigned long len, struct bio *bio)
{
	struct page *pages[BLK_MAP_BATCH];
	unsigned int offset = offset_in_page(uaddr);
	int wanted = DIV_ROUND_UP(offset + len, PAGE_SIZE);
	int pinned, i;

	pinned = pin_user_pages_fast(uaddr & PAGE_MASK,
				     min_t(int, wanted, BLK_MAP_BATCH),
				     FOLL_WRITE, pages);
	if (pinned < 0)
		return pinned;

	for (i = 0; i < pinned && len; i++) {
		unsigned int bytes = min_t(unsigned long, len, PAGE_SIZE - offset);

		if (bio_add_pc_page(rq->q, bio, pages[i], bytes, offset) < bytes)
			break;
		len -= bytes;
		offset = 0;
	}
	if (i < pinned)
		unpin_user_pages(pages + i, pinned - i);
	return blk_rq_append_bio(rq, bio);
}

/*
 * Misaligned user memory goes through pages of our own.
 */
static int blk_map_user_bounce(struct request *rq, unsigned long len,
			       struct bio *bio)
{
	while (len) {
		unsigned int bytes = min_t(unsigned long, len, PAGE_SIZE);
		struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

		if (!page)
			return -ENOMEM;
		if (bio_add_pc_page(rq->q, bio, page, bytes, 0) < bytes) {
			__free_page(page);
			break;
		}
		len -= bytes;
	}
	return blk_rq_append_bio(rq, bio);
}

int blk_map_user(struct request *rq, unsigned long uaddr, unsigned long len,
		 struct bio *bio)
{
	if (uaddr & 3)
		return blk_map_user_bounce(rq, len, bio);
	return blk_map_user_direct(rq, uaddr, len, bio);
}

void blk_unmap_user(struct bio *bio)
{
	struct bio_vec *bv;
	int i;

	bio_for_each_bvec_all(bv, bio, i)
		unpin_user_page(bv->bv_page);
	bio_put(bio);
}

/**
 * blk_map_kern - map kernel data to a request
 * @rq: the request
 * @data: the buffer, from kmalloc() or vmalloc()
 * @len: its length
 * @bio: an empty bio with enough room
 */
int blk_map_kern(struct request *rq, void *data, unsigned int len,
		 struct bio *bio)
{
	unsigned int offset = offset_in_page(data);
	bool vmalloced = is_vmalloc_addr(data);
	struct page *page;

	while (len) {
		unsigned int bytes = min_t(unsigned int, len, PAGE_SIZE - offset);

		if (vmalloced)
			page = vmalloc_to_page(data);
		else
			page = virt_to_page(data);
		__bio_add_page(bio, page, bytes, offset);

		data = (char *)data + bytes;
		len -= bytes;
		offset = 0;
	}
	return blk_rq_append_bio(rq, bio);
}
