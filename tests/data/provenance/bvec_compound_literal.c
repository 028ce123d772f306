void f(struct bio_vec *bv, unsigned long addr)
{
	struct page *page;

	pin_user_pages_fast(addr, 1, 0, &page);
	*bv = (struct bio_vec) { .bv_page = page, .bv_len = 1 }; /* gup */
}
