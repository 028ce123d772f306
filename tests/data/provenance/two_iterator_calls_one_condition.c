void f(struct bio *bio, struct iov_iter *iter, int n)
{
	struct page **pages, *few[4];
	size_t off;

	if (n <= 4) {
		pages = few;
		iov_iter_get_pages2(iter, pages, 4096, n, &off);
	} else {
		iov_iter_get_pages_alloc2(iter, &pages, 4096, &off);
	}
	bio_add_page(bio, pages[n - 1], 1, 0); /* conditional user_backed_iter(iter) */
}
