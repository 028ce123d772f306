int fill(struct box *box, struct scatterlist *sg, unsigned long start, int count)
{
	struct page **pages = (struct page **)box->slots;
	int got = pin_user_pages_fast(start, count, FOLL_WRITE, pages);

	if (got < count)
		return -EFAULT;
	refill(box, 1);
	sg_set_page(sg, pages[0], 4096, 0); /* mixed */
	return 0;
}
