int released_on_every_way_out(unsigned long addr, int n)
{
	struct page *pages[16];
	int ret;

	ret = pin_user_pages_fast(addr, n, FOLL_WRITE | FOLL_LONGTERM, pages);	/* audit: released destination FOLL_LONGTERM FOLL_WRITE */
	if (ret < 0)
		return ret;
	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		return -EFAULT;
	}
	unpin_user_pages(pages, n);
	return 0;
}

int the_array_is_freed_and_the_pages_are_not(unsigned long addr, int n)
{
	struct page **pages = kmalloc_array(n, sizeof(*pages), GFP_KERNEL);
	int ret, busy;

	ret = get_user_pages_fast(addr, n, 0, pages);	/* audit: leaks:29 source */
	if (ret <= 0)
		goto out;
	busy = start(addr);
	if (busy) {
		kfree(pages);
		return -EBUSY;
	}
	release_pages(pages, ret);
out:
	kfree(pages);
	return ret;
}

int fewer_than_wanted_may_be_some(unsigned long addr, int n)
{
	struct page *pages[16];
	int got;

	got = get_user_pages_fast(addr, n, FOLL_WRITE, pages);	/* audit: unknown:44 destination FOLL_WRITE */
	if (got < n)
		return -EFAULT;
	release_pages(pages, got);
	return 0;
}

int one_page_or_none(unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)	/* audit: released destination FOLL_WRITE */
		return -EFAULT;
	touch(addr);
	put_page(page);
	return 0;
}

int handed_to_a_function(unsigned long addr, struct sgl *sgl)
{
	struct page *page;
	int ret = get_user_pages_fast(addr, 1, 0, &page);	/* audit: handed-on source */

	if (ret < 1)
		return ret;
	keep(sgl, page);
	return 0;
}

int kept_in_the_object(struct object *object, int n)
{
	int ret;

	ret = pin_user_pages_fast(object->start, n, 0, object->pages);	/* audit: handed-on source */
	return ret == n ? 0 : -EFAULT;
}

int under_another_name(unsigned long addr)
{
	struct page *page, *other;
	int ret;

	ret = get_user_pages_fast(addr, 1, 0, &page);	/* audit: handed-on source */
	if (ret != 1)
		return -EFAULT;
	other = page;
	put_page(other);
	return 0;
}

int given_back_in_a_loop(unsigned long addr, int n)
{
	struct page *pages[16];
	int i, ret;

	ret = pin_user_pages_fast(addr, n, 0, pages);	/* audit: released source */
	if (ret < n) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		return -EINVAL;
	}
	for (i = 0; i < n; i++) {
		use(i);
		unpin_user_page(pages[i]);
	}
	return 0;
}

int taken_and_given_back_under_a_condition(unsigned long addr, int user)
{
	struct page *page;

	if (user) {
		if (get_user_pages_fast(addr, 1, 0, &page) != 1)	/* audit: unknown:120 source */
			return -EFAULT;
	}
	if (user)
		put_page(page);
	return 0;
}

int another_round_of_a_loop(unsigned long addr, int n)
{
	struct page *page;
	int i;

	for (i = 0; i < n; i++) {
		if (odd(i))
			return -EINVAL;
		if (get_user_pages_fast(addr + i, 1, 0, &page) <= 0)	/* audit: unknown:130,134 source */
			break;
	}
	return 0;
}

int kept_by_its_number(unsigned long addr, unsigned long *pfn)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, 0, &page) != 1)	/* audit: handed-on source */
		return -EFAULT;
	*pfn = page_to_pfn(page);
	return 0;
}

int part_of_a_larger_array(struct object *object, int n)
{
	struct page **pages = object->pages + object->pinned;
	int ret = pin_user_pages_fast(object->start, n, 0, pages);	/* audit: handed-on source */

	return ret < 0 ? ret : 0;
}

int the_array_is_freed_as_a_number(unsigned long addr)
{
	struct page **list = (struct page **)__get_free_page(GFP_KERNEL);
	int ret = pin_user_pages_fast(addr, 8, 0, list);	/* audit: handed-on source */

	if (ret > 0)
		keep(list[0]);
	free_page((unsigned long)list);
	return 0;
}

int looked_at_by_others_and_given_back(unsigned long addr)
{
	struct page *page;
	void *at;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)	/* audit: released destination FOLL_WRITE */
		return -EFAULT;
	at = kmap_atomic(page);
	change(at);
	kunmap_atomic(at);
	inspect(page);
	put_page(page);
	return 0;
}

int a_function_sees_them_before_all_are_given_back(unsigned long addr, int n)
{
	struct page *pages[16];
	int ret;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);	/* audit: released destination FOLL_WRITE */
	if (ret < 1)
		return -EFAULT;
	copy_to(pages, ret);
	release_pages(pages, ret);
	return 0;
}

int those_that_were_not_kept_are_given_back(unsigned long addr, int n, struct list *list)
{
	struct page *pages[16];
	int i, ret;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);	/* audit: handed-on destination FOLL_WRITE */
	if (ret < 1)
		return -EFAULT;
	i = keep_some(list, pages, ret);
	for (; i < ret; i++)
		put_page(pages[i]);
	return 0;
}

int the_rest_is_given_back(unsigned long addr, int n, struct list *list)
{
	struct page *pages[16];
	int kept, ret;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);	/* audit: handed-on destination FOLL_WRITE */
	if (ret < 1)
		return -EFAULT;
	kept = keep_some(list, pages, ret);
	release_pages(pages + kept, ret - kept);
	return 0;
}

int kept_in_an_object_and_given_back_where_that_failed(unsigned long addr, struct object *object)
{
	struct page **own = kmalloc_array(16, sizeof(*own), GFP_KERNEL);
	int ret;

	ret = get_user_pages_fast(addr, 16, FOLL_WRITE, own);	/* audit: handed-on destination FOLL_WRITE */
	if (ret < 1)
		return -EFAULT;
	if (!object->users) {
		object->pages = own;
		own = NULL;
	}
	if (own)
		release_pages(own, ret);
	return 0;
}

int some_are_kept_in_the_loop_that_gives_back(unsigned long addr, int n, struct object *object)
{
	struct page *pages[16];
	int i, ret;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);	/* audit: handed-on destination FOLL_WRITE */
	if (ret < 1)
		return -EFAULT;
	for (i = 0; i < ret; i++) {
		if (wanted(i))
			object->page = pages[i];
		else
			put_page(pages[i]);
	}
	return 0;
}

int a_page_that_is_returned(unsigned long addr, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		struct page *page = get_dump_page(addr);	/* audit: released source */

		if (!page)
			continue;
		if (odd(i)) {
			put_page(page);
			return -EINVAL;
		}
		put_page(page);
	}
	return 0;
}

int a_page_that_is_returned_or_not(unsigned long addr)
{
	struct page *page;

	page = get_dump_page(addr);	/* audit: leaks:280 source */
	if (page) {
		touch(addr);
		return 1;
	}
	return 0;
}

int only_faulted_in(unsigned long addr)
{
	return get_user_pages(addr, 1, FOLL_WRITE, NULL, NULL);	/* audit: nothing-taken destination FOLL_WRITE */
}

int the_result_and_the_page_are_tested(unsigned long addr, struct object *object)
{
	struct page *page;
	int ret = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);	/* audit: handed-on destination FOLL_WRITE */

	if (ret != 1 || !page)
		return -EFAULT;
	object->page = page;
	return 0;
}

u64 only_where_the_call_says_so(unsigned long addr)
{
	struct page *page;
	u64 at = 0;

	if (get_user_page_fast_only(addr, 0, &page)) {	/* audit: released source */
		at = page_to_phys(page);
		put_page(page);
	}
	return at;
}
