void f(struct bio *bio, unsigned long addr)
{
	struct page *page;

#ifdef CONFIG_USER
	page = get_dump_page(addr);
#else
	page = alloc_page(GFP_KERNEL);
#endif
	bio_add_page(bio, page, 1, 0); /* mixed */
}
