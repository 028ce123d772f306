int straight_to_the_caller(unsigned long addr, int n, struct page **pages)
{
	return get_user_pages_fast(addr, n, FOLL_WRITE, pages);	/* audit: handed-on destination FOLL_WRITE */
}

int straight_to_the_caller_or_not(unsigned long addr, struct page **page)
{
	return get_user_pages_fast(addr, 1, 0, page) == 1;	/* audit: handed-on source */
}

int into_the_array_of_the_caller_in_rounds(unsigned long addr, int n, struct page **pages)
{
	int got, ret;

	for (got = 0; got < n; got += ret) {
		ret = pin_user_pages_fast(addr + got, n - got, 0, pages + got);	/* audit: handed-on source */
		if (ret < 0) {
			give_back(pages, got);
			return ret;
		}
	}
	return 0;
}

int what_is_not_wanted_of_the_array_of_the_caller_is_given_back(unsigned long addr, int n, struct page **pages)
{
	int i, ret;

	ret = get_user_pages_fast(addr, n, FOLL_WRITE, pages);	/* audit: handed-on destination FOLL_WRITE */
	if (ret < 0)
		return ret;
	for (i = 0; i < ret; i++) {
		struct folio *folio = page_folio(pages[i]);

		if (busy(folio)) {
			folio_put(folio);
			pages[i] = NULL;
		}
	}
	return ret;
}

int all_of_the_array_of_the_caller_is_given_back(unsigned long addr, int n, struct page **pages)
{
	int ret = pin_user_pages_fast(addr, n, FOLL_WRITE, pages);	/* audit: released destination FOLL_WRITE */

	if (ret <= 0)
		return -EFAULT;
	change(pages, ret);
	unpin_user_pages_dirty_lock(pages, ret, true);
	return 0;
}

int the_array_was_put_into_an_object_before(unsigned long addr, int n, struct object *object)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	int ret = 0;

	if (!pages)
		return -ENOMEM;
	object->chunk[0].pages = pages;
	while (n) {
		ret = pin_user_pages_fast(addr, n, 0, pages);	/* audit: handed-on source */
		if (ret < 0)
			goto out;
		pages += ret;
		n -= ret;
	}
out:
	return ret < 0 ? ret : 0;
}

int in_a_struct_of_the_function(unsigned long addr, int n)
{
	struct batch batch;
	int ret;

	ret = get_user_pages_fast(addr, n, 0, batch.pages);	/* audit: released source */
	if (ret <= 0)
		return ret;
	release_pages(batch.pages, ret);
	return 0;
}

int lost_with_a_struct_of_the_function(unsigned long addr, int n)
{
	struct batch batch;
	int ret;

	ret = get_user_pages_fast(addr, n, 0, batch.pages);	/* audit: leaks:93 source */
	if (ret <= 0)
		return ret;
	return n;
}
