static void add(struct bio *bio, struct page *page)
{
	bio_add_page(bio, page, 1, 0); /* other */
}

void g(struct bio *bio)
{
	add(bio, alloc_page(GFP_KERNEL));
}
