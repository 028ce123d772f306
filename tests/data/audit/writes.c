void change_a_word(unsigned long addr, short d)
{
	struct page *page;
	short *at;
	void *base;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)	/* audit: released destination FOLL_WRITE store:11 */
		return;
	base = kmap_atomic(page);
	at = base + 8;
	*at += d;
	kunmap_atomic(base);
	put_page(page);
}

void mark_dirty_where_it_was_read_into(unsigned long addr, int n, int write)
{
	struct page *pages[16];
	int i, ret;

	ret = get_user_pages_fast(addr, n, 0, pages);	/* audit: handed-on source dirty:27:if(write) */
	if (ret <= 0)
		return;
	transfer(pages, ret);
	for (i = 0; i < ret; i++) {
		if (write)
			set_page_dirty_lock(pages[i]);
		put_page(pages[i]);
	}
}

int for_a_device(struct device *dev, unsigned long addr, enum dma_data_direction dir, struct object *object)
{
	if (get_user_pages_fast(addr, 1, 0, &object->page) != 1)	/* audit: handed-on source dma:36 dma:37:if(dir == DMA_FROM_DEVICE || dir == DMA_BIDIRECTIONAL) */
		return -EFAULT;
	object->in = dma_map_page(dev, object->page, 0, 4096, DMA_FROM_DEVICE);
	object->any = dma_map_page(dev, object->page, 0, 4096, dir);
	object->out = dma_map_page(dev, object->page, 0, 4096, DMA_TO_DEVICE);
	return 0;
}

int only_read_by_the_kernel(unsigned long addr, void *to)
{
	struct page *page;
	void *at;
	int first;

	if (get_user_pages_fast(addr, 1, 0, &page) != 1)	/* audit: released source */
		return -EFAULT;
	at = kmap_local_page(page);
	memcpy(to, at, 16);
	first = *(int *)at;
	first += 1;
	kunmap_local(at);
	put_page(page);
	return first;
}

int copied_into(unsigned long addr, const void *from)
{
	struct page *page;
	void *at;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)	/* audit: released destination FOLL_WRITE store:67 */
		return -EFAULT;
	at = kmap_local_page(page);
	memcpy(at + 8, from, 16);
	kunmap_local(at);
	put_page(page);
	return 0;
}
