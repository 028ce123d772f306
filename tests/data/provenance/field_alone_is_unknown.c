void f(struct bio *bio, struct obj *obj)
{
	bio_add_page(bio, obj->pages[2], 1, 0); /* unknown */
}
