static int take(unsigned long addr, int n, struct page **pages)
{
	return pin_user_pages_fast(addr, n, 0, pages) == n ? 0 : -1;
}

int f(struct bio *bio, unsigned long addr)
{
	struct page *page;

	if (take(addr, 1, &page))
		return -1;
	bio_add_page(bio, page, 1, 0); /* gup */
	return 0;
}
