void f(struct scatterlist *sg, unsigned long addr, int n)
{
	struct page *store[8], **p = store;

	pin_user_pages_fast(addr, n, 0, store);
	while (n--)
		sg_set_page(sg++, *p++, 4096, 0); /* gup */
}
