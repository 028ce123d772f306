void f(struct scatterlist *sg, unsigned long addr, int n)
{
	struct page *user[4], *own[4], **pages;

	pin_user_pages_fast(addr, n, 0, user);
	own[0] = alloc_page(GFP_KERNEL);
	pages = ready(n) ? user : own;
	sg_set_page(sg, pages[0], 1, 0); /* mixed */
	sg_set_page(sg, user[0], 1, 0); /* gup */
	sg_set_page(sg, own[0], 1, 0); /* other */
}
