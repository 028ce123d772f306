void f(struct bio *bio, unsigned long addr)
{
	struct page *page = NULL;

	switch (kind(addr)) {
	case 1:
		pin_user_pages_fast(addr, 1, 0, &page);
		bio_add_page(bio, page, 1, 0); /* gup */
		break;
	case 2:
		page = alloc_page(GFP_KERNEL);
		/* fall through */
	default:
		bio_add_page(bio, page, 2, 0); /* other */
	}
	bio_add_page(bio, page, 3, 0); /* mixed */
}
