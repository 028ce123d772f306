void f(struct scatterlist *sg, void *buf, unsigned long addr)
{
	struct page *page;

	page = vmalloc_to_page(buf);
	sg_set_page(sg, page, 1, 0); /* other */
	pin_user_pages_fast(addr, 1, 0, &page);
	sg_set_page(sg, page, 1, 0); /* gup */
	sg_set_page(sg, NULL, 1, 0); /* other */
}
