// SPDX-License-Identifier: GPL-2.0
#include <linux/bio.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct ring {
	struct page *page;
};

static int ring_open(struct ring *ring, unsigned long addr)
{
	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &ring->page) != 1)
		return -EFAULT;
	return 0;
}

static void ring_read(struct ring *ring, struct bio *bio)
{
	bio_add_page(bio, ring->page, PAGE_SIZE, 0);
}

static void ring_map(struct ring *ring, struct scatterlist *sg)
{
	sg_set_page(sg, ring->page, PAGE_SIZE, 0);
}

static void ring_close(struct ring *ring)
{
	unpin_user_page(ring->page);
}
