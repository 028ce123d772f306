void f(struct sg_table *table, unsigned long addr, int n)
{
	struct page **pages = kcalloc(4, sizeof(*pages), 0);

	*pages = alloc_page(0);
	pin_user_pages_fast(addr, n, 0, pages + 1);
	sg_alloc_table_from_pages(table, pages, 4, 0, 4096, 0); /* mixed */
}

void g(struct sg_table *table, unsigned long addr, int n)
{
	struct page **pages = kcalloc(4, sizeof(*pages), 0);

	alloc_pages_bulk_array(0, 4, pages);
	pin_user_pages_fast(addr, n, 0, pages);
	sg_alloc_table_from_pages(table, pages, 4, 0, 4096, 0); /* mixed */
}
