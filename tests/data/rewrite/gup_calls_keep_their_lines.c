/* rules/from-gup/bio_add_page.cocci */
static int fill(struct bio *bio, struct page **pages, size_t left)
{
	int ret;

	ret = bio_add_page(bio, gup_pages[i], min_t(size_t, left, PAGE_SIZE - offset),
			   offset /* within the page */);
	if (bio_add_page(bio, gup_page, 1, 2) != 1)
		return -1;
	/* not from GUP */
	bio_add_page(bio, page, 1, 2);
	if (!bio_add_page(bio, gup_pages[index_of_page], length, off_in_it))
		return -1;
	return bio_add_page(bio,
			    gup_page,
			    len, off);
}
