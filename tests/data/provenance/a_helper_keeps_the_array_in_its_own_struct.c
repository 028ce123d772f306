struct work {
	struct page **pages;
	int count;
};

static int step(struct work *work)
{
	return ops->step(work);
}

int change_all(struct page **pages, int count)
{
	struct work work;

	work.pages = pages;
	work.count = count;
	return step(&work);
}

int of_user(unsigned long start, struct page **pages)
{
	int got = pin_user_pages_fast(start, 4, FOLL_WRITE, pages);

	if (got < 4)
		return -EFAULT;
	return change_all(pages, 4);
}

int of_kernel(struct scatterlist *sg)
{
	struct page *pages[1];

	pages[0] = alloc_page(GFP_KERNEL);
	change_all(pages, 1);
	sg_set_page(sg, pages[0], 4096, 0); /* other */
	return 0;
}
