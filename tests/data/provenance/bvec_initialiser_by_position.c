void f(unsigned long addr)
{
	struct page *page;

	pin_user_pages_fast(addr, 1, 0, &page);
	struct bio_vec bv = { page, 4096, 0 }; /* gup */
	use(&bv);
}
