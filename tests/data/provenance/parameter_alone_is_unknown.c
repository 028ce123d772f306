void f(struct bio *bio, struct page *page)
{
	bio_add_page(bio, page, 1, 0); /* unknown */
}
