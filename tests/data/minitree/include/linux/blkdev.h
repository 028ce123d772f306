/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_BLKDEV_H
#define _LINUX_BLKDEV_H

#include <linux/bio.h>

#define SECTOR_SHIFT	9

#define REQ_OP_READ	((blk_opf_t)0)
#define REQ_OP_WRITE	((blk_opf_t)1)

struct request_queue {
	unsigned int max_sectors;
	unsigned short max_segments;
};

struct request {
	struct request_queue *q;
	struct bio *bio;
	unsigned int nr_phys_segments;
};

int blk_rq_append_bio(struct request *rq, struct bio *bio);

#endif /* _LINUX_BLKDEV_H */
