int kernel_add(struct scatterlist *sg)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	sg_set_folio(sg, page_folio(page), PAGE_SIZE, 0);
	return 0;
}

int either_add(struct scatterlist *sg, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		page = alloc_page(GFP_KERNEL);
	sg_set_folio(sg, page_folio(page), PAGE_SIZE, 0);
	return 0;
}
