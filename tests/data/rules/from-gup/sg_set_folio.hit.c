int user_add(struct scatterlist *sg, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	sg_set_folio(sg, page_folio(page), PAGE_SIZE, 0);
	return 0;
}

int iter_add(struct scatterlist *sg, struct iov_iter *iter)
{
	struct page *page;
	size_t offset;

	if (iov_iter_get_pages2(iter, &page, PAGE_SIZE, 1, &offset) <= 0)
		return -EFAULT;
	sg_set_folio(sg, page_folio(page), PAGE_SIZE, 0);
	return 0;
}
