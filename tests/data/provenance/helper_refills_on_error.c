static void fix(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n; i++)
		pages[i] = ZERO_PAGE(0);
}

void f(struct bio *bio, struct page **pages, unsigned long addr, int n)
{
	int got = pin_user_pages_fast(addr, n, 0, pages);

	if (got < n)
		fix(pages + got, n - got);
	bio_add_page(bio, pages[0], 1, 0); /* mixed */
}
