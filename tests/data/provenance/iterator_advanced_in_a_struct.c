void f(struct bio *bio, struct msghdr *msg)
{
	struct page *page;
	size_t off;

	iov_iter_get_pages2(&msg->msg_iter, &page, 4096, 1, &off);
	bio_add_page(bio, page, 1, 0); /* conditional user_backed_iter(&msg->msg_iter) */
}
