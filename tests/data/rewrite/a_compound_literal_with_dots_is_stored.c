struct bio_vec f(struct bio_vec *bvecs, struct page *page)
{
	bvecs[0] = (struct bio_vec){ .bv_page = page, .bv_len = 1 };
	bvecs[1] = (struct bio_vec) {
		.bv_len = 1,
		.bv_page = page,
	};
	bvecs[2] = (struct bio_vec){ .bv_len = 1 };
	if (bvecs) {
		bvecs[3] = (struct bio_vec){ .bv_page = page + 1 };
	}
	return (struct bio_vec){ .bv_page = page };
}
