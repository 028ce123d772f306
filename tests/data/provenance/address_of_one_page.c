void f(struct bio *bio, unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, 0, &page) != 1)
		return;
	bio_add_page(bio, page, 4096, 0); /* gup */
}
