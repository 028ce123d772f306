int f(struct scatterlist *sg, unsigned long addr, int n)
{
	struct page *pages[16];
	int i, got = pin_user_pages_fast(addr, n, 0, pages);

	if (got < 0)
		return got;
	for (i = 0; i < got; i++)
		sg_set_page(&sg[i], pages[i], 4096, 0); /* gup */
	return 0;
}
