int user_store(struct bio_vec *bvecs, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	bvecs[0].bv_page = page;
	bvecs->bv_page = page;
	return 0;
}

int iter_store(struct bio_vec *bv, struct iov_iter *iter)
{
	struct page *page;
	size_t offset;

	if (iov_iter_get_pages2(iter, &page, PAGE_SIZE, 1, &offset) <= 0)
		return -EFAULT;
	bv->bv_page = page;
	return 0;
}

int user_initialise(unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) == 1) {
		struct bio_vec bv = {
			.bv_page = page,
			.bv_len = PAGE_SIZE,
		};

		return send(&bv);
	}
	return -EFAULT;
}

int user_literal(struct bio_vec *bv, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	*bv = (struct bio_vec) {
		.bv_page = page,
		.bv_len = PAGE_SIZE,
	};
	return 0;
}

int iter_literal(struct bio_vec *bvecs, struct iov_iter *iter)
{
	struct page *page;
	size_t offset;

	if (iov_iter_get_pages2(iter, &page, PAGE_SIZE, 1, &offset) <= 0)
		return -EFAULT;
	bvecs[1] = (struct bio_vec){ .bv_page = page, .bv_len = PAGE_SIZE };
	return 0;
}
