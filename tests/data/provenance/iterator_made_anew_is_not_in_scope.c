void f(struct bio *bio, struct iov_iter *iter, struct kvec *vec)
{
	struct page *page;
	size_t off;

	iov_iter_get_pages2(iter, &page, 4096, 1, &off);
	iov_iter_kvec(iter, 0, vec, 1, 1);
	bio_add_page(bio, page, 1, 0); /* conditional threaded */
}
