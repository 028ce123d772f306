/* The first rule changes the file; its own calls of what others may call too are still seen. */
int ring_add_folio(struct request_queue *q, struct bio *bio,
		   struct page *page, bool *same)
{
	return bio_add_hw_page(q, bio, page, PAGE_SIZE, 0, 8, same);
}

static int ring_add(struct request_queue *q, struct bio *bio,
		    struct page *page)
{
	bool same = false;

	return ring_add_folio(q, bio, page, &same);
}

int ring_fill(struct request_queue *q, struct bio *bio, unsigned long addr)
{
	struct page *pages[2];

	if (pin_user_pages_fast(addr, 2, FOLL_WRITE, pages) != 2)
		return -EFAULT;
	if (bio_add_folio(bio, page_folio(pages[1]), PAGE_SIZE, 0))
		return ring_add(q, bio, pages[0]);
	return -EIO;
}
