int f(struct box *box, struct page *page, size_t len)
{
	int ret;

	ret = add(box, page, len);
	ret += add(box, compound_head(page), len * PAGE_SIZE, offset_in_page(page));
	return add(box, page, 1);
}
