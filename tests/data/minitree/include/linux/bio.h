/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_BIO_H
#define _LINUX_BIO_H

#include <linux/bvec.h>
#include <linux/uio.h>

#define BIO_MAX_VECS	256U

struct block_device;
struct request_queue;

struct bio {
	struct bio		*bi_next;
	struct block_device	*bi_bdev;
	blk_opf_t		bi_opf;
	blk_status_t		bi_status;
	sector_t		bi_sector;
	unsigned int		bi_size;
	unsigned short		bi_vcnt;
	unsigned short		bi_max_vecs;
	void			*bi_private;
	void			(*bi_end_io)(struct bio *bio);
	struct bio_vec		*bi_io_vec;
};

#define bio_for_each_bvec_all(bvl, bio, i)		\
	for (i = 0, bvl = (bio)->bi_io_vec;		\
	     i < (bio)->bi_vcnt; i++, bvl++)

struct bio *bio_alloc(struct block_device *bdev, unsigned short nr_vecs,
		      blk_opf_t opf, gfp_t gfp_mask);
void bio_put(struct bio *bio);
void submit_bio(struct bio *bio);
int submit_bio_wait(struct bio *bio);

int __must_check bio_add_page(struct bio *bio, struct page *page,
			      unsigned int len, unsigned int off);
void __bio_add_page(struct bio *bio, struct page *page,
		    unsigned int len, unsigned int off);
int bio_add_pc_page(struct request_queue *q, struct bio *bio,
		    struct page *page, unsigned int len, unsigned int offset);

int bio_iov_iter_get_pages(struct bio *bio, struct iov_iter *iter);
void bio_release_pages(struct bio *bio, bool mark_dirty);

static inline bool bio_full(const struct bio *bio)
{
	return bio->bi_vcnt >= bio->bi_max_vecs;
}

#endif /* _LINUX_BIO_H */
