void f(struct scatterlist *sg, char *buf, unsigned long addr, int n)
{
	struct page *pages[8];
	int i;

	if (buf) {
		for (i = 0; i < n; i++)
			pages[i] = vmalloc_to_page(buf + i);
	} else {
		pin_user_pages_fast(addr, n, 0, pages);
	}
	for (i = 0; i < n; i++)
		sg_set_page(&sg[i], pages[i], 1, 0); /* conditional !buf */
}
