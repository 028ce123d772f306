int user_add(struct sg_table *table, unsigned long addr, int nr, unsigned long size)
{
	struct page **pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL);

	if (pin_user_pages_fast(addr, nr, FOLL_WRITE, pages) != nr)
		return -EFAULT;
	return sg_alloc_table_from_pages(table, pages, nr, 0, size, GFP_KERNEL);
}
