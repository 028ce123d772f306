// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * A DMA engine that copies between two user addresses, a page at a time.
 */
#include <linux/scatterlist.h>
#include <linux/slab.h>

struct udma_chan {
	struct scatterlist src;
	struct scatterlist dst;
	struct page *pad;
	int (*start)(struct udma_chan *chan, unsigned int len);
};

/**
 * udma_copy_page - queue the copy of at most one page
 * @chan: an idle channel
 * @to: where to write, in the current process
 * @from: where to read, in the current process
 * @len: number of bytes; neither range crosses a page
 */
int udma_copy_page(struct udma_chan *chan, unsigned long to,
		   unsigned long from, unsigned int len)
{
	struct page *in, *out;
	int ret;

	ret = pin_user_pages_fast(from & PAGE_MASK, 1, 0, &in);
	if (ret != 1)
		return ret < 0 ? ret : -EFAULT;

	ret = pin_user_pages_fast(to & PAGE_MASK, 1, FOLL_WRITE, &out);
	if (ret != 1) {
		ret = ret < 0 ? ret : -EFAULT;
		goto err_unpin_in;
	}

	sg_init_table(&chan->src, 1);
	sg_init_table(&chan->dst, 1);
	sg_set_page(&chan->src, in, len, offset_in_page(from));
	sg_set_page(&chan->dst, out, len, offset_in_page(to));

	ret = chan->start(chan, len);
	if (ret)
		goto err_unpin_out;
	return 0;

err_unpin_out:
	unpin_user_page(out);
err_unpin_in:
	unpin_user_page(in);
	return ret;
}

/*
 * The engine only does whole bursts: what is missing is read from a page of
 * the driver.
 */
int udma_pad(struct udma_chan *chan, unsigned int len)
{
	if (!chan->pad)
		chan->pad = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!chan->pad)
		return -ENOMEM;
	sg_set_page(&chan->src, chan->pad, len, 0);
	return chan->start(chan, len);
}

void udma_idle(struct udma_chan *chan)
{
	sg_set_page(&chan->src, NULL, 0, 0);
	sg_set_page(&chan->dst, NULL, 0, 0);
}
