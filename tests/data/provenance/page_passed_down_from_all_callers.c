static void add(struct bio *bio, struct page *page)
{
	bio_add_page(bio, page, 1, 0); /* gup */
}

void f(struct bio *bio, unsigned long addr)
{
	struct page *page = get_dump_page(addr);

	if (page)
		add(bio, page);
}
