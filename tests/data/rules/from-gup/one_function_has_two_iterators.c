static void table_set(struct scatterlist *sg, struct page *page)
{
	sg_set_page(sg, page, PAGE_SIZE, 0);
}

static void ring_add(struct bio *bio, struct page *page)
{
	__bio_add_page(bio, page, PAGE_SIZE, 0);
}

void fill_both(struct scatterlist *sg, struct bio *bio, struct iov_iter *in,
	       struct iov_iter *out)
{
	struct page *page, *other;
	size_t offset;

	while (iov_iter_get_pages2(in, &page, PAGE_SIZE, 1, &offset) > 0)
		table_set(sg, page);
	while (iov_iter_get_pages2(out, &other, PAGE_SIZE, 1, &offset) > 0)
		ring_add(bio, other);
}
