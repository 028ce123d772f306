int f(struct tt *tt, unsigned long addr)
{
	unsigned pinned = 0;

	do {
		struct page **pages = tt->pages + pinned;
		int r = get_user_pages(addr, tt->n - pinned, 0, pages, NULL);

		if (r < 0)
			goto out;
		pinned += r;
	} while (pinned < tt->n);
	return sg_alloc_table_from_pages(tt->sg, tt->pages, tt->n, 0, 1, 0); /* gup */
out:
	release_pages(tt->pages, pinned);
	return -1;
}
