struct obj {
	struct page **pages;
};

void fill(struct obj *obj, struct iov_iter *iter, struct scatterlist *sg)
{
	struct obj *made = kzalloc(sizeof(struct obj), GFP_KERNEL);
	size_t off;

	sg_set_page(sg, obj->pages[0], 4096, 0); /* conditional threaded */
	iov_iter_get_pages_alloc2(iter, &made->pages, 4096, &off);
}
