void f(struct scatterlist *sg, const int user, unsigned long addr)
{
	struct page *page;

	if (user)
		pin_user_pages_fast(addr, 1, 0, &page);
	else
		page = alloc_page(GFP_KERNEL);
	if (user)
		sg_set_page(sg, page, 1, 0); /* gup */
	else
		sg_set_page(sg, page, 2, 0); /* other */
}
