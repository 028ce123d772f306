// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Payload of ZRX messages: zero copy where the sender asks for it.
 */
#include <linux/slab.h>

#include "zrx.h"

/**
 * zrx_msg_from_iter - take the payload over without copying it
 * @msg: an empty message
 * @from: the sender's data: user memory, or pages of a splice
 */
int zrx_msg_from_iter(struct zrx_msg *msg, struct iov_iter *from)
{
	struct scatterlist *sg = msg->sg;
	struct page *pages[ZRX_FRAGS];
	ssize_t copied;
	size_t start;
	int i;

	copied = iov_iter_get_pages2(from, pages, ZRX_FRAGS * PAGE_SIZE,
				     ZRX_FRAGS, &start);
	if (copied <= 0)
		return copied ? copied : -EFAULT;

	for (i = 0; copied > 0; i++) {
		size_t len = min_t(size_t, copied, PAGE_SIZE - start);

		sg_set_page(sg, pages[i], len, start);
		sg_mark_end(sg);
		sg++;
		copied -= len;
		start = 0;
	}
	msg->nr_frags = i;
	msg->zerocopy = true;
	return 0;
}

/**
 * zrx_msg_copy - make room for a payload that is copied
 * @msg: an empty message
 * @len: number of bytes
 */
int zrx_msg_copy(struct zrx_msg *msg, size_t len)
{
	struct page *page;

	while (len && msg->nr_frags < ZRX_FRAGS) {
		size_t bytes = min_t(size_t, len, PAGE_SIZE);

		page = alloc_page(GFP_KERNEL);
		if (!page)
			return -ENOMEM;
		sg_set_page(&msg->sg[msg->nr_frags++], page, bytes, 0);
		len -= bytes;
	}
	return 0;
}
