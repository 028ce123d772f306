void f(struct scatterlist *sg, char *buf, unsigned long addr)
{
	struct page *page;

	if (buf)
		page = vmalloc_to_page(buf);
	else
		pin_user_pages_fast(addr, 1, 0, &page);
	buf = NULL;
	sg_set_page(sg, page, 1, 0); /* mixed */
}
