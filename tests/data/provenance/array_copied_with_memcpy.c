void f(struct bio *bio, struct page **given, unsigned long addr)
{
	struct page *pages[4];

	pin_user_pages_fast(addr, 2, 0, pages);
	memcpy(&pages[2], given, 2 * sizeof(*pages));
	bio_add_page(bio, pages[3], 1, 0); /* mixed */
}
