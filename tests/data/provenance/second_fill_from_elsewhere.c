void f(struct scatterlist *sg, unsigned long addr, int n)
{
	struct page *pages[8];
	int i, got = pin_user_pages_fast(addr, n, 0, pages);

	for (i = got; i < n; i++)
		pages[i] = alloc_page(GFP_KERNEL);
	for (i = 0; i < n; i++)
		sg_set_page(&sg[i], pages[i], 1, 0); /* mixed */
}
