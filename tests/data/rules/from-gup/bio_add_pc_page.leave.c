int kernel_add(struct request_queue *q, struct bio *bio)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	if (bio_add_pc_page(q, bio, page, PAGE_SIZE, 0) != PAGE_SIZE)
		return -EIO;
	return 0;
}

int either_add(struct request_queue *q, struct bio *bio, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		page = alloc_page(GFP_KERNEL);
	if (bio_add_pc_page(q, bio, page, PAGE_SIZE, 0) != PAGE_SIZE)
		return -EIO;
	return 0;
}
