int pinned_and_put(unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, 0, &page) != 1)	/* audit: released source wrong:put_page:7 */
		return -EFAULT;
	put_page(page);
	return 0;
}

int right_and_wrong_in_branches(unsigned long addr, int user)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)	/* audit: released destination FOLL_WRITE */
		return -EFAULT;
	if (user)
		unpin_user_page(page);
	else
		put_page(page);
	return 0;
}

int flags_in_a_variable(unsigned long addr, int write)
{
	unsigned int gup_flags = FOLL_LONGTERM;
	struct page *page;

	if (write)
		gup_flags |= FOLL_WRITE;
	if (pin_user_pages_fast(addr, 1, gup_flags, &page) != 1)	/* audit: released unknown FOLL_LONGTERM FOLL_WRITE when(write) */
		return -EFAULT;
	unpin_user_page(page);
	return 0;
}

int flags_under_a_condition(unsigned long addr, int write)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, write ? FOLL_WRITE : 0, &page) != 1)	/* audit: released unknown FOLL_WRITE when(write) */
		return -EFAULT;
	unpin_user_page(page);
	return 0;
}

int the_result_is_the_page(unsigned long addr)
{
	struct page *page;

	page = get_dump_page(addr);	/* audit: released source */
	if (!page)
		return 0;
	put_page(page);
	return 1;
}

int an_iterator(struct iov_iter *iter)
{
	struct page **pages;
	size_t start;
	ssize_t len = iov_iter_get_pages_alloc2(iter, &pages, 4096, &start);	/* audit: released unknown when(iov_iter_rw(iter) == READ) */

	if (len <= 0)
		return len;
	put_page(pages[0]);
	kvfree(pages);
	return 0;
}

int flags_in_a_variable_beside_others(unsigned long addr, int write)
{
	unsigned int flags = FOLL_FORCE;
	struct page *page;

	if (write)
		flags |= FOLL_WRITE;
	if (pin_user_pages_fast(addr, 1, flags | FOLL_LONGTERM, &page) != 1)	/* audit: released unknown FOLL_FORCE FOLL_LONGTERM FOLL_WRITE when(write) */
		return -EFAULT;
	unpin_user_page(page);
	return 0;
}

int wrong_under_another_name(unsigned long addr)
{
	struct page *pages[1], *page;

	if (pin_user_pages_fast(addr, 1, 0, pages) != 1)	/* audit: handed-on source wrong:put_page:92 */
		return -EFAULT;
	page = pages[0];
	touch(addr);
	put_page(page);
	return 0;
}

int another_name_for_two_things(unsigned long addr, int user)
{
	struct page *pages[1], *page;

	page = alloc_page(GFP_KERNEL);
	if (user) {
		if (pin_user_pages_fast(addr, 1, 0, pages) != 1)	/* audit: handed-on source */
			return -EFAULT;
		page = pages[0];
	}
	put_page(page);
	return 0;
}
