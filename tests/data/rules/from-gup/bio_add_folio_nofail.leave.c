int kernel_add(struct bio *bio)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	bio_add_folio_nofail(bio, page_folio(page), PAGE_SIZE, 0);
	return 0;
}

int either_add(struct bio *bio, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		page = alloc_page(GFP_KERNEL);
	bio_add_folio_nofail(bio, page_folio(page), PAGE_SIZE, 0);
	return 0;
}
