static void add_both(struct bio *bio, struct page *page, struct page *other)
{
	__bio_add_page(bio, page, PAGE_SIZE, 0);
	bio_add_page(bio, other, PAGE_SIZE, 0);
}

void fill_both(struct bio *bio, struct iov_iter *in, struct iov_iter *out)
{
	struct page *page, *other;
	size_t offset;

	if (iov_iter_get_pages2(in, &page, PAGE_SIZE, 1, &offset) <= 0)
		return;
	if (iov_iter_get_pages2(out, &other, PAGE_SIZE, 1, &offset) <= 0)
		return;
	add_both(bio, page, other);
}
