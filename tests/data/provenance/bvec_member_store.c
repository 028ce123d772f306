void f(struct bio_vec *bv, unsigned long addr, int n)
{
	struct page *pages[4];
	int i;

	pin_user_pages_fast(addr, n, 0, pages);
	for (i = 0; i < n; i++)
		bv[i].bv_page = pages[i]; /* gup */
}
