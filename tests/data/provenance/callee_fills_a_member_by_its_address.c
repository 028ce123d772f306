struct request {
	struct page *page;
};

static void refill(struct page **where, struct bio *bio, unsigned long addr)
{
	bio_add_page(bio, *where, PAGE_SIZE, 0); /* gup */
	pin_user_pages_fast(addr, 1, FOLL_WRITE, where);
}

static void again(struct list_head *queue, struct bio *bio, unsigned long addr)
{
	struct request *r = list_first_entry(queue, struct request, list);

	refill(&r->page, bio, addr);
}
