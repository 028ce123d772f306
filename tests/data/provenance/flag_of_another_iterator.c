static void add_one(struct bio *bio, struct page *page)
{
	bio_add_page(bio, page, PAGE_SIZE, 0); /* conditional threaded */
}

static int extract(struct bio *bio, struct iov_iter *iter)
{
	struct page **pages = NULL;
	size_t offset;

	if (iov_iter_extract_pages(iter, &pages, SIZE_MAX, 1, 0, &offset) > 0)
		add_one(bio, pages[0]);
	return 0;
}

int fill(struct bio *bio, struct iov_iter *from, struct iov_iter *to)
{
	if (iov_iter_extract_will_pin(to))
		bio_set_flag(bio, BIO_PAGE_PINNED);
	return extract(bio, from);
}
