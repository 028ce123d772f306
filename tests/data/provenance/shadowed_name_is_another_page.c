void f(struct bio *bio, unsigned long addr)
{
	struct page *page = alloc_page(GFP_KERNEL);
	{
		struct page *page = get_dump_page(addr);

		bio_add_page(bio, page, 1, 0); /* gup */
	}
	bio_add_page(bio, page, 1, 0); /* other */
}
