int f(struct bio *bio, unsigned long addr)
{
	struct page *page;
	int ret = get_user_pages_fast(addr, 1, 0, &page);

	if (ret < 0)
		page = ZERO_PAGE(0);
	return bio_add_page(bio, page, 1, 0); /* conditional !(ret < 0) */
}
