extern struct page *shared_page;
