void f(struct bio *bio, unsigned long addr, int high)
{
	struct page *page;

	pin_user_pages_fast(addr, 1, 0, &page);
	if (is_high(page))
		page = alloc_page(GFP_KERNEL);
	bio_add_page(bio, page, 1, 0); /* mixed */
}
