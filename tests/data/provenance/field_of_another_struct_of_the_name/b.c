struct buf {
	struct page **pages;
};

static void grow(struct buf *b)
{
	b->pages[0] = alloc_page(GFP_KERNEL);
}

void show(struct buf *b, struct bio *bio)
{
	bio_add_page(bio, b->pages[0], 1, 0); /* other */
}
