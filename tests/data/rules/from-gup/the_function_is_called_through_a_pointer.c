struct port_ops {
	void (*add)(struct scatterlist *sg, struct page *page);
};

static void port_add(struct scatterlist *sg, struct page *page)
{
	sg_set_page(sg, page, PAGE_SIZE, 0);
}

static const struct port_ops port_ops = {
	.add = port_add,
};

static void port_fill(struct scatterlist *sg, struct iov_iter *from)
{
	struct page *page;
	size_t offset;

	if (iov_iter_get_pages2(from, &page, PAGE_SIZE, 1, &offset) > 0)
		port_add(sg, page);
}
