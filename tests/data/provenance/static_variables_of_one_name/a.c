static struct page *held;

static int take(unsigned long addr)
{
	return pin_user_pages_fast(addr, 1, FOLL_WRITE, &held);
}

static void give(struct bio *bio)
{
	bio_add_page(bio, held, PAGE_SIZE, 0); /* gup */
}
