void f(struct bio *bio, unsigned long addr)
{
	struct page *page;
	struct folio *folio;

	pin_user_pages_fast(addr, 1, 0, &page);
	folio = page_folio(page);
	bio_add_folio(bio, folio, 1, 0); /* gup */
	bio_add_page(bio, nth_page(page, 2), 1, 0); /* gup */
	bio_add_page(bio, compound_head(page) + 1, 1, 0); /* gup */
}
