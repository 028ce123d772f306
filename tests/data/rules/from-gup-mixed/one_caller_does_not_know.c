static void vring_set(struct scatterlist *sg, struct page *page)
{
	sg_set_page(sg, page, PAGE_SIZE, 0);
}

static void vring_from(struct scatterlist *sg, struct iov_iter *from)
{
	struct page *page;
	size_t offset;

	if (iov_iter_get_pages2(from, &page, PAGE_SIZE, 1, &offset) > 0)
		vring_set(sg, page);
}

void vring_any(struct scatterlist *sg, struct page *page)
{
	vring_set(sg, page);
}
