int user_add(struct bio *bio, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	if (bio_add_page(bio, page, PAGE_SIZE, 0) != PAGE_SIZE)
		return -EIO;
	return 0;
}

int iter_add(struct bio *bio, struct iov_iter *iter)
{
	struct page *page;
	size_t offset;

	if (iov_iter_get_pages2(iter, &page, PAGE_SIZE, 1, &offset) <= 0)
		return -EFAULT;
	bio_add_page(bio, page, PAGE_SIZE, 0);
	return 0;
}
