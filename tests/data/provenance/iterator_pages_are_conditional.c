int f(struct sock *sk, struct iov_iter *from, struct scatterlist *sg)
{
	struct page *pages[4];
	size_t off;
	ssize_t n = iov_iter_get_pages2(from, pages, 4096, 4, &off);

	if (n <= 0)
		return -1;
	iov_iter_advance(from, n);
	sg_set_page(sg, pages[0], n, off); /* conditional user_backed_iter(from) */
	return 0;
}
