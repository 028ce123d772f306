int kernel_add(struct scatterlist *sg)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	sg_assign_page(sg, page);
	return 0;
}

int either_add(struct scatterlist *sg, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		page = alloc_page(GFP_KERNEL);
	sg_assign_page(sg, page);
	return 0;
}
