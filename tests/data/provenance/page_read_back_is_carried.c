void f(struct scatterlist *to, struct scatterlist *from, struct bio_vec *bv)
{
	sg_set_page(to, sg_page(from), 1, 0); /* carried */
	sg_set_page(to, bv->bv_page, 1, 0); /* carried */
}
