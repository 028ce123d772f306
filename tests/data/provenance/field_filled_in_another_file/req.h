struct req {
	int nr;
	struct page **pages;
};
