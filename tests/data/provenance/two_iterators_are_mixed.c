void f(struct bio *bio, struct iov_iter *a, struct iov_iter *b, int which)
{
	struct page *page;
	size_t off;

	if (next(which))
		iov_iter_get_pages2(a, &page, 4096, 1, &off);
	else
		iov_iter_get_pages2(b, &page, 4096, 1, &off);
	bio_add_page(bio, page, 1, 0); /* mixed */
}
