static int ring_add(struct bio *bio, struct page *page)
{
	return bio_add_page(bio, page, PAGE_SIZE, 0);
}

static int ring_extract(struct bio *bio, struct iov_iter *iter)
{
	struct page *pages[16];
	size_t offset;
	int i, nr;

	nr = iov_iter_get_pages2(iter, pages, SIZE_MAX, 16, &offset);
	for (i = 0; i < nr; i++)
		ring_add(bio, pages[i]);
	return nr;
}

int ring_fill(struct bio *bio, struct iov_iter *iter)
{
	int ret;

	if (user_backed_iter(iter))
		bio_set_flag(bio, BIO_PAGE_PINNED);
	do {
		ret = ring_extract(bio, iter);
	} while (ret > 0);
	return ret;
}

int ring_header(struct bio *bio, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	__bio_add_page(bio, page, PAGE_SIZE, 0);
	return 0;
}
