int f(struct sg_table *sgt, unsigned long addr, int n)
{
	struct page **pages;
	int got, ret = -1;

	pages = kmalloc_array(n, 8, GFP_KERNEL);
	if (!pages)
		goto out;
	got = pin_user_pages_fast(addr, n, 0, pages);
	if (got != n)
		goto put;
	ret = sg_alloc_table_from_pages(sgt, pages, n, 0, 1, 0); /* gup */
	if (!ret)
		return 0;
put:
	unpin_user_pages(pages, got);
	kfree(pages);
out:
	return ret;
}
