void f(struct bio *bio, struct iov_iter *iter)
{
	struct page *few[4], **pages = few;
	size_t off;

	if (iov_iter_extract_pages(iter, &pages, 4096, 4, 0, &off) <= 0)
		return;
	bio_add_page(bio, few[0], 1, 0); /* conditional iov_iter_extract_will_pin(iter) */
}
