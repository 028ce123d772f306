int f(struct sg_table *sgt, int n)
{
	struct page **list = kvmalloc_array(n, 8, GFP_KERNEL);
	int got = alloc_pages_bulk_array(GFP_KERNEL, n, list);

	return sg_alloc_append_table_from_pages(sgt, list, got, 0, 1, 1, 0, 0); /* other */
}
