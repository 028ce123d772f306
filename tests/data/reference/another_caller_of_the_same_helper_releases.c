static int pin_pages(unsigned long start, int count, struct page **pages)
{
	int got = pin_user_pages_fast(start, count, FOLL_WRITE, pages);

	return got == count ? 0 : -EFAULT;
}

int first(struct op *op, unsigned long start)
{
	struct page *pages[4];

	if (pin_pages(start, 4, pages))
		return -EFAULT;
	sg_set_page(op->sg, pages[0], 4096, 0); /* owned 20 */
	return 0;
}

void first_done(struct op *op)
{
	unpin_user_page(sg_page(op->sg));
}

int second(struct check *check, unsigned long start)
{
	struct page *page;
	int ret = pin_pages(start, 1, &page);

	if (ret)
		return ret;
	ret = look_at(check);
	unpin_user_page(page);
	return ret;
}
