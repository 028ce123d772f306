struct buf {
	struct page **pages;
};

int fill(struct buf *b, unsigned long addr)
{
	return pin_user_pages_fast(addr, 1, 0, b->pages);
}

void use(struct buf *b, struct bio *bio)
{
	bio_add_page(bio, b->pages[0], 1, 0); /* gup */
}
