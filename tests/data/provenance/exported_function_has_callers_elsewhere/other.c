void g(struct bio *bio)
{
	add(bio, alloc_page(GFP_KERNEL));
}
