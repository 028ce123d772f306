struct area {
	struct scatterlist list[16];
	int count;
};

int area_map(struct area *area, unsigned long start)
{
	struct page **pages = kcalloc(16, sizeof(*pages), 0);
	int i, got = pin_user_pages_fast(start, 16, 0, pages);

	if (got < 16) {
		unpin_user_pages(pages, got);
		kfree(pages);
		return -EFAULT;
	}
	for (i = 0; i < got; i++)
		sg_set_page(&area->list[i], pages[i], 4096, 0); /* owned 27 */
	kfree(pages);
	return 0;
}

void area_unmap(struct area *area)
{
	int i;

	for (i = 0; i < area->count; i++)
		unpin_user_page(sg_page(&area->list[i]));
}
