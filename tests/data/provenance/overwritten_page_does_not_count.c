void f(struct bio *bio, unsigned long addr)
{
	struct page *page = alloc_page(GFP_KERNEL);

	__free_page(page);
	page = NULL;
	pin_user_pages_fast(addr, 1, 0, &page);
	bio_add_page(bio, page, 1, 0); /* gup */
	page = virt_to_page(addr);
	bio_add_page(bio, page, 1, 0); /* other */
}
