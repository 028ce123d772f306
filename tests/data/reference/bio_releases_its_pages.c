static void done(struct bio *bio)
{
	bio_release_pages(bio, false);
	bio_put(bio);
}

int submit(struct bio *bio, unsigned long start)
{
	struct page *page;

	if (pin_user_pages_fast(start, 1, 0, &page) != 1)
		return -EFAULT;
	if (bio_add_page(bio, page, 4096, 0) != 4096) { /* owned 3 */
		unpin_user_page(page);
		return -EINVAL;
	}
	bio->bi_end_io = done;
	submit_bio(bio);
	return 0;
}
