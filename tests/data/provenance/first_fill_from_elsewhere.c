void f(struct scatterlist *sg, unsigned long addr, int n)
{
	struct page *pages[8];

	pages[0] = ZERO_PAGE(0);
	pin_user_pages_fast(addr, n, 0, pages + 1);
	sg_set_page(sg, pages[0], 1, 0); /* mixed */
}
