static void add_one(struct bio *bio, struct page *page, bool merge)
{
	if (!merge)
		bio_add_page(bio, page, PAGE_SIZE, 0); /* conditional threaded */
}

static int extract(struct bio *bio, struct iov_iter *iter)
{
	struct page **pages = NULL;
	size_t offset;
	int i, nr;

	nr = iov_iter_extract_pages(iter, &pages, SIZE_MAX, 16, 0, &offset);
	for (i = 0; i < nr; i++)
		add_one(bio, pages[i], i > 0);
	return nr;
}

int fill(struct bio *bio, struct iov_iter *iter)
{
	int ret;

	if (iov_iter_extract_will_pin(iter))
		bio_set_flag(bio, BIO_PAGE_PINNED);
	do {
		ret = extract(bio, iter);
	} while (ret > 0);
	return ret;
}

void borrow(struct bio *bio)
{
	bio_set_flag(bio, BIO_PAGE_PINNED);
}
