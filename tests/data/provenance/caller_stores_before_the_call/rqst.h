struct rqst {
	struct page **pages;
};
