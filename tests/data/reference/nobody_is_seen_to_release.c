int leak(struct bio *bio, unsigned long start)
{
	struct page *page;

	if (get_user_pages_fast(start, 1, 0, &page) != 1)
		return -EFAULT;
	return bio_add_page(bio, page, 4096, 0); /* unknown */
}
