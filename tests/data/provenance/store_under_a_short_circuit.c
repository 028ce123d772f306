void f(struct bio *bio, unsigned long addr, int have)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (more(have) && (page = get_dump_page(addr)))
		have++;
	bio_add_page(bio, page, 1, 0); /* mixed */
}
