static int stream_map(struct scatterlist *sg, struct iov_iter *from,
		      struct kvec *vec)
{
	struct page *pages[16];
	size_t offset;
	int i, copied;

	copied = iov_iter_get_pages2(from, pages, SZ_64K, 16, &offset);
	for (i = 0; i < copied / PAGE_SIZE; i++)
		sg_set_page(&sg[i], pages[i], PAGE_SIZE, 0);
	iov_iter_kvec(from, READ, vec, 1, vec->iov_len);
	return 0;
}
