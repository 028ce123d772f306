int f(struct bio *bio, unsigned long addr)
{
	struct page *page;
	int ret;

	ret = get_user_pages_fast(addr, 1, 0, &page);
	if (ret < 0)
		page = ZERO_PAGE(0);
	ret = next(ret);
	return bio_add_page(bio, page, 1, 0); /* mixed */
}
