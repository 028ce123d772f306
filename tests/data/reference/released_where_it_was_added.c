static void drop(struct page **pages, int count)
{
	while (count--)
		put_page(pages[count]);
}

int copy(struct scatterlist *sg, unsigned long start)
{
	struct page *pages[4];
	int ret, got = get_user_pages_fast(start, 4, 0, pages);

	if (got < 1)
		return -EFAULT;
	sg_set_page(sg, pages[0], 4096, 0); /* borrowed 4 */
	ret = transfer(sg);
	drop(pages, got);
	return ret;
}
