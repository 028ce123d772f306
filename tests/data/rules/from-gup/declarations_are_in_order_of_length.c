static int stream_map(struct scatterlist *sg, struct iov_iter *from, int bytes)
{
	int i, most, copied, ret = 0, left = bytes, end = stream_end(sg);
	struct page *pages[16];
	size_t offset;

	copied = iov_iter_get_pages2(from, pages, bytes, 16, &offset);
	for (i = 0; i < copied / PAGE_SIZE; i++)
		sg_set_page(&sg[end + i], pages[i], PAGE_SIZE, 0);
	return ret;
}
