static void each(struct bio *bio, unsigned long addr)
{
	static struct page *last;

	if (last)
		bio_add_page(bio, last, PAGE_SIZE, 0); /* gup */
	pin_user_pages_fast(addr, 1, FOLL_WRITE, &last);
}
