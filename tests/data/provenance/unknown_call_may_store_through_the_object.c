void f(struct bio *bio, struct obj *obj, unsigned long addr)
{
	pin_user_pages_fast(addr, 1, 0, obj->pages);
	prepare(obj);
	bio_add_page(bio, obj->pages[0], 1, 0); /* mixed */
}
