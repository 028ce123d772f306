static void use(struct list_head *head, struct bio *bio)
{
	struct req *r = list_first_entry(head, struct req, list);

	bio_add_page(bio, r->pages[0], 1, 0); /* gup */
}
