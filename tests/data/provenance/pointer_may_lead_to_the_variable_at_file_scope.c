static struct page *held;

static void take(struct page **where, struct bio *bio, unsigned long addr)
{
	pin_user_pages_fast(addr, 1, FOLL_WRITE, where);
	bio_add_page(bio, held, PAGE_SIZE, 0); /* mixed */
	held = alloc_page(GFP_KERNEL);
	bio_add_page(bio, *where, PAGE_SIZE, 0); /* mixed */
}

static void begin(struct bio *bio, unsigned long addr)
{
	take(&held, bio, addr);
}
