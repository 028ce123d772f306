static ssize_t take(struct iov_iter *it, struct page ***pages, size_t *off)
{
	return iov_iter_get_pages_alloc2(it, pages, 4096, off);
}

void f(struct bio *bio, struct iov_iter *data)
{
	struct page **pages;
	size_t off;

	if (take(data, &pages, &off) > 0)
		bio_add_page(bio, pages[0], 1, 0); /* conditional user_backed_iter(data) */
}
