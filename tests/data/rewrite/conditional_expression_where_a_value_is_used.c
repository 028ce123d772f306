/* rules/from-gup/bio_add_page.cocci */
static int use(struct bio *bio, struct iov_iter *iter)
{
	int added = bio_add_page(bio, maybe_page, len, off);

	added = bio_add_page(bio, maybe_page, len, off);
	if (bio_add_page(bio, maybe_page, len, off) != len)
		return 1;
	if (!bio_add_page(bio, maybe_page, len, off))
		return 2;
	bio_add_page(bio, maybe_page, len, off);
	return bio_add_page(bio, maybe_page, len, off);
}
