static int stream_one(struct bio *bio, struct iov_iter *from)
{
	struct page *page;
	size_t offset;

	if (iov_iter_get_pages2(from, &page, PAGE_SIZE, 1, &offset) <= 0)
		return -EFAULT;
	if (bio_add_page(bio, page, PAGE_SIZE, offset) != PAGE_SIZE)
		return -EIO;
	return 0;
}
