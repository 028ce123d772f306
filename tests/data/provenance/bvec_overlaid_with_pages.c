void f(struct bio *bio, struct iov_iter *iter, int room)
{
	struct bio_vec *bv = bio->bi_io_vec + bio->bi_vcnt;
	struct page **pages = (struct page **)bv;
	size_t off;
	int i;

	pages += room;
	iov_iter_get_pages2(iter, pages, 1, 4, &off);
	for (i = 0; i < 4; i++) {
		struct page *page = pages[i];

		__bio_add_page(bio, page, 1, 0); /* conditional user_backed_iter(iter) */
	}
}
