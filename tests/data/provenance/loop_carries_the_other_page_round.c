void f(struct bio *bio, unsigned long addr, int n)
{
	struct page *page;

	pin_user_pages_fast(addr, 1, 0, &page);
	while (n--) {
		bio_add_page(bio, page, 1, 0); /* mixed */
		page = alloc_page(GFP_KERNEL);
	}
}
