static void table_set(struct scatterlist *sg, struct page *page)
{
	sg_set_page(sg, page, PAGE_SIZE, 0);
}

static void table_next(struct sg_table *table, struct page *page)
{
	table_set(&table->sgl[table->nents++], page);
}

static void table_fill(struct sg_table *table, struct iov_iter *from)
{
	struct page *page;
	size_t offset;

	while (iov_iter_get_pages2(from, &page, PAGE_SIZE, 1, &offset) > 0)
		table_next(table, page);
}
