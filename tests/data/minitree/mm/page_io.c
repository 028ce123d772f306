// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Swap: single pages to and from the swap device.
 */
#include <linux/blkdev.h>

static struct bio *swap_bio(struct block_device *bdev, sector_t sector,
			    struct page *page, blk_opf_t opf)
{
	struct bio *bio = bio_alloc(bdev, 1, opf, GFP_NOIO);

	if (!bio)
		return NULL;
	bio->bi_sector = sector;
	__bio_add_page(bio, page, PAGE_SIZE, 0);
	return bio;
}

int swap_writepage(struct block_device *bdev, sector_t sector, struct page *page)
{
	struct bio *bio = swap_bio(bdev, sector, page, REQ_OP_WRITE);

	if (!bio)
		return -ENOMEM;
	submit_bio(bio);
	return 0;
}

int swap_readpage(struct block_device *bdev, sector_t sector, struct page *page)
{
	struct bio *bio = swap_bio(bdev, sector, page, REQ_OP_READ);

	if (!bio)
		return -ENOMEM;
	return submit_bio_wait(bio);
}
