int a_copy_of_the_pointer_is_looked_at(unsigned long addr, struct key *key)
{
	struct page *page, *tail;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)	/* audit: released destination FOLL_WRITE */
		return -EFAULT;
	tail = page;
	page = compound_head(page);
	key->offset = page_to_pgoff(tail);
	put_page(page);
	return 0;
}

int its_number_is_told_and_the_page_given_back(unsigned long addr, unsigned long *pfn)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, 0, &page) <= 0)	/* audit: released source */
		return -EFAULT;
	*pfn = page_to_pfn(page);
	put_page(page);
	return 0;
}

int an_address_in_a_struct_of_the_function(unsigned long addr)
{
	struct info info;
	struct page *page;
	int ret;

	ret = get_user_pages(addr, 1, 0, &page, NULL);	/* audit: released source */
	if (ret < 1)
		return -EFAULT;
	info.contents = (unsigned long)kmap_atomic(page);
	ret = add(&info);
	kunmap_atomic((void *)info.contents);
	put_page(page);
	return ret;
}

int an_object_keeps_it_unless_that_failed(unsigned long addr, struct object *object)
{
	struct page *page;
	int ret;

	if (pin_user_pages_fast(addr, 1, 0, &page) != 1)	/* audit: handed-on source */
		return -EFAULT;
	object->page = page;
	ret = start(object);
	if (ret < 0)
		unpin_user_page(page);
	return ret;
}

int the_name_is_cleared_after_the_object_has_it(unsigned long addr, struct object *object, int keep)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, 0, &page) != 1)	/* audit: handed-on source */
		return -EFAULT;
	if (keep) {
		object->page = page;
		page = NULL;
	}
	if (page)
		put_page(page);
	return 0;
}

int each_is_mapped_and_given_back(unsigned long addr, int n)
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
		void *at = kmap_local_page(pages[i]);

		use(at);
		kunmap_local(at);
		unpin_user_page(pages[i]);
	}
	return 0;
}

int some_may_be_kept_in_the_round_before(unsigned long addr, int n, struct list *list)
{
	struct page *pages[16];
	int i, ret;

	ret = pin_user_pages_fast(addr, n, 0, pages);	/* audit: handed-on source */
	if (ret <= 0)
		return -EINVAL;
	for (i = 0; i < ret; i++) {
		if (!keep(list, pages[i]))
			unpin_user_page(pages[i]);
	}
	return 0;
}

int assembly_is_not_about_it(unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, 0, &page) != 1)	/* audit: released source */
		return -EFAULT;
	asm volatile("ptesync" : : : "memory");
	put_page(page);
	return 0;
}

int assembly_that_gets_it(unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, 0, &page) != 1)	/* audit: unknown: source */
		return -EFAULT;
	asm volatile("keep %0" : : "r" (page));
	put_page(page);
	return 0;
}

int only_asked_for_where_something_else_holds(unsigned long addr, int ro)
{
	struct page *page = NULL;

	if (!ro && get_user_page_fast_only(addr, FOLL_WRITE, &page)) {	/* audit: released destination FOLL_WRITE */
		put_page(page);
	} else {
		if (slow(addr))
			return -EFAULT;
	}
	return 0;
}

int it_is_got_before_something_else_is_asked(unsigned long addr, int ro)
{
	struct page *page = NULL;

	if (get_user_page_fast_only(addr, FOLL_WRITE, &page) && !ro) {	/* audit: unknown:149 destination FOLL_WRITE */
		put_page(page);
		return 1;
	}
	return 0;
}

int an_error_by_its_name(unsigned long addr, int read)
{
	struct page *page;
	int err;

	err = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);	/* audit: released destination FOLL_WRITE */
	if (err == -EFAULT)
		return read;
	if (err < 0)
		return err;
	put_page(page);
	return 0;
}

int the_result_is_in_a_member(unsigned long addr, int n)
{
	struct batch batch;
	int i;

	batch.n = get_user_pages_fast(addr, n, 0, batch.pages);	/* audit: released source */
	if (batch.n <= 0)
		return batch.n;
	for (i = 0; i < batch.n; i++)
		put_page(batch.pages[i]);
	return 0;
}

int that_an_error_is_one_is_not_known(unsigned long addr, int n, struct object *object)
{
	struct page **list = NULL;
	long got = 0;
	int ret = -ENOMEM;

	list = vmalloc(n * sizeof(*list));
	got = pin_user_pages(addr, n, FOLL_WRITE, list);	/* audit: unknown:200 destination FOLL_WRITE */
	if (got != n) {
		ret = got < 0 ? got : -ENOMEM;
		goto out;
	}
	ret = add(object, list, got);
	if (ret)
		goto out;
	object->pages = list;
out:
	if (ret && got > 0)
		unpin_user_pages(list, got);
	if (ret)
		vfree(list);
	return ret;
}
