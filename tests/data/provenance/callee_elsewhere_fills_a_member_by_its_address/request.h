struct request {
	struct page *page;
};
int fill(struct page **where, unsigned long addr, int nr);
