int kernel_add(struct sg_table *table, int nr, unsigned long size)
{
	struct page **pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL);
	int i;

	for (i = 0; i < nr; i++)
		pages[i] = alloc_page(GFP_KERNEL);
	return sg_alloc_table_from_pages(table, pages, nr, 0, size, GFP_KERNEL);
}
