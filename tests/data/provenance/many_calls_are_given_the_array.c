static int length(struct page **pages, int i)
{
	return measure(pages[i]);
}

static void show(struct page **pages, int i)
{
	print(pages[i]);
}

static int same(struct page **pages, int i)
{
	return is_same(pages[i], pages[i + 1]);
}

static void count(struct page **pages, int *n)
{
	*n += pages[0] ? 1 : 0;
}

int each(struct iov_iter *iter, struct scatterlist *sg)
{
	struct page *stack[4], **pages = stack;
	size_t offset;
	int i, n = 0;
	ssize_t size = iov_iter_extract_pages(iter, &pages, 4096, 4, 0, &offset);

	if (size <= 0)
		return -EFAULT;
	for (i = 0; i < 4; i++) {
		length(pages, i);
		show(pages, i);
		same(pages, i);
		count(pages, &n);
		sg_set_page(sg, pages[i], 4096, 0); /* conditional iov_iter_extract_will_pin(iter) */
	}
	return n;
}
