/* One of each kind: user pages, an iterator's, the kernel's, and nobody knows. */
int of_user(struct bio *bio, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	return bio_add_page(bio, page, PAGE_SIZE, 0);
}

int of_iterator(struct bio *bio, struct iov_iter *iter)
{
	struct page *page;
	size_t offset;

	if (iov_iter_get_pages2(iter, &page, PAGE_SIZE, 1, &offset) <= 0)
		return -EFAULT;
	return bio_add_page(bio, page, PAGE_SIZE, offset);
}

int of_kernel(struct request_queue *q, struct bio *bio)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (bio_add_pc_page(q, bio, page, PAGE_SIZE, 0) < PAGE_SIZE)
		return -EIO;
	return 0;
}

void of_somebody(struct bio *bio, struct page *page)
{
	__bio_add_page(bio, page, PAGE_SIZE, 0);
}
