struct transfer {
	struct scatterlist *sg;
	bool need_unpin;
};

static void put_in(struct transfer *xfer, struct page *page, int at)
{
	sg_set_page(&xfer->sg[at], page, PAGE_SIZE, 0); /* conditional xfer->need_unpin */
}

static int map(struct transfer *t, struct iov_iter *iter)
{
	struct page **pages = NULL;
	size_t offset;
	int i, nr;

	t->need_unpin = iov_iter_extract_will_pin(iter);
	nr = iov_iter_extract_pages(iter, &pages, SIZE_MAX, 16, 0, &offset);
	for (i = 0; i < nr; i++)
		put_in(t, pages[i], i);
	return nr;
}

static void reset(struct transfer *t)
{
	t->need_unpin = false;
}
