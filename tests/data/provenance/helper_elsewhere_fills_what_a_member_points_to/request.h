struct request {
	int nr;
	struct page **pages;
};
int fill(struct page **where, unsigned long addr, int nr);
