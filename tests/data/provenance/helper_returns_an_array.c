static struct page **take(unsigned long addr, int n)
{
	struct page **pages = kvmalloc_array(n, 8, GFP_KERNEL);
	int got;

	if (!pages)
		return ERR_PTR(-1);
	got = pin_user_pages(addr, n, 0, pages);
	if (got != n) {
		kvfree(pages);
		return ERR_PTR(-2);
	}
	return pages;
}

int f(struct bio *bio, unsigned long addr)
{
	struct page **pages = take(addr, 4);

	if (IS_ERR(pages))
		return -1;
	bio_add_page(bio, pages[1], 1, 0); /* gup */
	return 0;
}
