struct slot {
	struct page *page;
	unsigned int len;
};

struct box {
	struct slot *slots;
	int used;
};

static void put(struct box *box, struct page *page, unsigned int len)
{
	struct slot *slot = &box->slots[box->used++];

	slot->page = page;
	slot->len = len;
	tell(box);
}

int fill(struct box *box, struct scatterlist *sg, unsigned long start, int count)
{
	struct page **pages = (struct page **)(box->slots + box->used);
	int i, got;

	pages += count;
	got = pin_user_pages_fast(start, count, FOLL_WRITE, pages);
	if (got < count)
		return -EFAULT;
	for (i = 0; i < count; i++) {
		sg_set_page(sg, pages[i], 4096, 0); /* gup */
		put(box, pages[i], 4096);
	}
	return 0;
}
