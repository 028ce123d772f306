int kernel_store(struct bio_vec *bv)
{
	struct bio_vec copy = { .bv_page = ZERO_PAGE(0), .bv_len = PAGE_SIZE };

	bv->bv_page = alloc_page(GFP_KERNEL);
	bv[1] = copy;
	return 0;
}
