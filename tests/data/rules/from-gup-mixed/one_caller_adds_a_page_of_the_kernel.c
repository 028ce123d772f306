static int ring_add(struct bio *bio, struct page *page, unsigned int len,
		    unsigned int offset);

static int ring_fill(struct bio *bio, struct iov_iter *iter)
{
	struct page *pages[16];
	size_t offset;
	ssize_t size;
	int i;

	size = iov_iter_get_pages2(iter, pages, SZ_64K, 16, &offset);
	for (i = 0; i < size / PAGE_SIZE; i++) {
		if (ring_add(bio, pages[i], PAGE_SIZE, offset))
			return -EIO;
		offset = 0;
	}
	return 0;
}

static int ring_pad(struct bio *bio, unsigned int len)
{
	return ring_add(bio, ZERO_PAGE(0), len, 0);
}

static int ring_add(struct bio *bio, struct page *page, unsigned int len,
		    unsigned int offset)
{
	if (ring_is_full(bio))
		return -EBUSY;
	__bio_add_page(bio, page, len, offset);
	return 0;
}
