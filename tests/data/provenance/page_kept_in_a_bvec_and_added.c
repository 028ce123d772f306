void f(struct bio *bio, struct bio_vec *out)
{
	struct bio_vec bv;

	bv.bv_page = alloc_page(GFP_KERNEL); /* other */
	bio_add_page(bio, bv.bv_page, 1, 0); /* other */
	*out = bv;
	bio_add_page(bio, out->bv_page, 1, 0); /* other */
}
