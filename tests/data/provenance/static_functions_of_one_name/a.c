static void add(struct bio *bio, struct page *page)
{
	bio_add_page(bio, page, 1, 0); /* gup */
}

void f(struct bio *bio, unsigned long addr)
{
	add(bio, get_dump_page(addr));
}
