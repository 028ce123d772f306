/* rules/from-gup/bv_page.cocci */
static void fill(struct bio_vec *bvec, struct iov_iter *iter)
{
	struct bio_vec bv = {
		.bv_page = gup_page,
		.bv_len = 8,
	};

	bvec[i].bv_page = gup_pages[i];
	bvec->bv_page = gup_pages[0];
	if (iter)
		bvec[i].bv_page = maybe_pages[i];
	bvec[i].bv_page = page;
}
