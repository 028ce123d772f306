// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Direct I/O for filesystems that map one block at a time: pages are taken
 * from the iterator in batches and handed out one by one.
 */
#include <linux/blkdev.h>
#include <linux/slab.h>

#define DIO_PAGES	64

struct dio {
	struct iov_iter *iter;
	struct bio *bio;
	struct page *pages[DIO_PAGES];
	unsigned int head;
	unsigned int tail;
	size_t from;
	size_t to;
};

/* Go and grab and pin some userspace pages, a batch at a time. */
static int dio_refill_pages(struct dio *dio)
{
	ssize_t ret;

	ret = iov_iter_get_pages2(dio->iter, dio->pages, UINT_MAX, DIO_PAGES,
				  &dio->from);
	if (ret <= 0)
		return ret ? ret : -EFAULT;

	ret += dio->from;
	dio->head = 0;
	dio->tail = DIV_ROUND_UP(ret, PAGE_SIZE);
	dio->to = ((ret - 1) & (PAGE_SIZE - 1)) + 1;
	return 0;
}

static struct page *dio_get_page(struct dio *dio)
{
	if (dio->head == dio->tail) {
		int ret = dio_refill_pages(dio);

		if (ret)
			return ERR_PTR(ret);
	}
	return dio->pages[dio->head];
}

/* The page comes from another function: one step is not enough to know. */
static int dio_send_page(struct dio *dio)
{
	struct page *page = dio_get_page(dio);
	unsigned int from = dio->from;
	unsigned int len;

	if (IS_ERR(page))
		return PTR_ERR(page);

	len = (dio->head + 1 == dio->tail ? dio->to : PAGE_SIZE) - from;
	if (bio_add_page(dio->bio, page, len, from) != len)
		return -EAGAIN;

	dio->from = 0;
	dio->head++;
	return 0;
}

/*
 * The part of a block that the file does not cover is written as zeroes.
 */
static int dio_zero_block(struct dio *dio, unsigned int len)
{
	struct page *page = ZERO_PAGE(0);

	if (bio_add_page(dio->bio, page, len, 0) != len)
		return -EAGAIN;
	return 0;
}

int direct_IO_fill(struct dio *dio, unsigned int tail)
{
	int ret = 0;

	while (!ret && iov_iter_count(dio->iter))
		ret = dio_send_page(dio);
	if (!ret && tail)
		ret = dio_zero_block(dio, tail);
	return ret;
}

/*
 * Small synchronous reads do not need a batch: one bio, on the stack of the
 * caller, filled in one go. The iterator may be anything.
 */
int dio_simple_read(struct bio *bio, struct iov_iter *iter, size_t bytes)
{
	struct page **pages;
	ssize_t size;
	size_t offset;
	int i;

	size = iov_iter_get_pages_alloc2(iter, &pages, bytes, &offset);
	if (size <= 0)
		return size ? size : -EFAULT;

	for (i = 0; size > 0 && !bio_full(bio); i++) {
		unsigned int len = min_t(size_t, size, PAGE_SIZE - offset);

		__bio_add_page(bio, pages[i], len, offset);
		size -= len;
		offset = 0;
	}
	kvfree(pages);
	return submit_bio_wait(bio);
}
