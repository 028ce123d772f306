struct request {
	struct page *page;
};

void request_start(struct request *request, struct bio *bio, unsigned long start)
{
	struct page *page;

	if (get_user_pages_fast(start, 1, 0, &page) != 1)
		return;
	request->page = page;
	get_page(request->page);
	bio_add_page(bio, request->page, 4096, 0); /* separate 14 */
	put_page(page);
}
