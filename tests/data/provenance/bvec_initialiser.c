void f(struct bio_vec *bvecs, struct iov_iter *iter)
{
	struct page *pages[4];
	size_t start;
	int i;

	iov_iter_get_pages2(iter, pages, 1, 4, &start);
	for (i = 0; i < 4; i++) {
		struct bio_vec bv = {
			.bv_page = pages[i], /* conditional user_backed_iter(iter) */
			.bv_len = 1,
		};
		bvecs[i] = bv;
	}
}
