void f(struct bio *bio, struct page **pages, unsigned long addr)
{
	pin_user_pages_fast(addr, 1, 0, pages);
	refill(pages);
	bio_add_page(bio, pages[0], 1, 0); /* mixed */
}
