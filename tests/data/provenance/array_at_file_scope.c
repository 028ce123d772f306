static struct page *window[16];
static struct page *other_window[16];

static int take(unsigned long addr, int nr)
{
	other_window[0] = alloc_page(GFP_KERNEL);
	return pin_user_pages_fast(addr, nr, FOLL_WRITE, window);
}

static void give(struct scatterlist *sg, int i)
{
	sg_set_page(&sg[i], window[i], PAGE_SIZE, 0); /* gup */
	sg_set_page(&sg[i], other_window[i], PAGE_SIZE, 0); /* other */
}
