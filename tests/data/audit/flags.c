int always_with_the_same_flags(unsigned long addr)
{
	int flags = FOLL_HWPOISON | FOLL_WRITE;

	return get_user_pages(addr, 1, flags, NULL, NULL);	/* audit: nothing-taken destination FOLL_HWPOISON FOLL_WRITE */
}

int always_with_one_and_perhaps_with_another(unsigned long addr, int force, struct page **pages)
{
	unsigned int flags;

	flags = FOLL_WRITE;
	flags |= force ? FOLL_FORCE : 0;
	return pin_user_pages_fast(addr, 1, flags | FOLL_LONGTERM, pages);	/* audit: handed-on destination FOLL_FORCE FOLL_LONGTERM FOLL_WRITE */
}

int never_to_write(unsigned long addr, int split, struct page **pages)
{
	unsigned int flags = FOLL_FORCE;

	if (split)
		flags |= FOLL_SPLIT_PMD;
	return get_user_pages_fast(addr, 1, flags, pages);	/* audit: handed-on source FOLL_FORCE FOLL_SPLIT_PMD */
}

int to_write_where_the_direction_says_so(unsigned long addr, int direction, struct page **pages)
{
	return pin_user_pages_fast(addr, 1, direction == DMA_FROM_DEVICE ? FOLL_WRITE : 0, pages);	/* audit: handed-on unknown FOLL_WRITE when(direction == DMA_FROM_DEVICE) */
}

int to_write_unless(unsigned long addr, int ro, struct page **pages)
{
	unsigned int flags = 0;

	if (ro)
		flags |= FOLL_FORCE;
	else
		flags |= FOLL_WRITE;
	return pin_user_pages_fast(addr, 1, flags, pages);	/* audit: handed-on unknown FOLL_FORCE FOLL_WRITE when(!ro) */
}

int as_the_caller_says(unsigned long addr, unsigned int flags, struct page **pages)
{
	flags |= FOLL_LONGTERM;
	return pin_user_pages_fast(addr, 1, flags, pages);	/* audit: handed-on unknown FOLL_LONGTERM */
}

int as_somebody_who_has_its_address_says(unsigned long addr, struct page **pages)
{
	unsigned int flags = 0;

	choose(&flags);
	return pin_user_pages_fast(addr, 1, flags, pages);	/* audit: handed-on unknown */
}

int a_flag_that_is_taken_back(unsigned long addr, int ro, struct page **pages)
{
	unsigned int flags = FOLL_WRITE;

	if (ro)
		flags &= ~FOLL_WRITE;
	return pin_user_pages_fast(addr, 1, flags, pages);	/* audit: handed-on unknown FOLL_WRITE */
}

int a_flag_that_comes_too_late(unsigned long addr, struct page **pages)
{
	unsigned int flags = 0;
	int ret;

	ret = pin_user_pages_fast(addr, 1, flags, pages);	/* audit: handed-on unknown FOLL_WRITE */
	flags |= FOLL_WRITE;
	return ret + flags;
}

int one_as_a_number(unsigned long addr, struct page **pages)
{
	return get_user_pages_fast(addr, 1, 1, pages);	/* audit: handed-on destination FOLL_WRITE number(1) */
}

int a_truth_value(unsigned long addr, int type, struct page **pages)
{
	return get_user_pages_fast(addr, 1, type == READ_IN, pages);	/* audit: handed-on unknown FOLL_WRITE when(type == READ_IN) number(type == READ_IN) */
}

int a_page_that_is_only_read(unsigned long addr)
{
	struct page *page = get_dump_page(addr);	/* audit: released source */

	if (page)
		put_page(page);
	return 0;
}

int pinned_by_its_flags(unsigned long addr, unsigned int flags, struct page **pages)
{
	flags |= FOLL_PIN;
	return get_user_pages_unlocked(addr, 1, pages, flags);	/* audit: handed-on unknown FOLL_PIN takes:pin */
}

int taken_as_the_flags_say(struct mm_struct *mm, unsigned long addr, unsigned int flags, struct page **pages)
{
	return __get_user_pages_locked(mm, addr, 1, pages, NULL, flags | FOLL_TOUCH);	/* audit: handed-on unknown FOLL_TOUCH */
}

int to_write_into_an_iterator(struct iov_iter *iter, struct page **pages, size_t *start)
{
	return iov_iter_get_pages2(iter, pages, 4096, 1, start);	/* audit: handed-on unknown when(iov_iter_rw(iter) == READ) */
}

int into_a_bio(struct bio *bio, struct iov_iter *iter)
{
	int ret = bio_iov_iter_get_pages(bio, iter);	/* audit: handed-on unknown when(iov_iter_rw(iter) == READ) */

	if (ret)
		bio_release_pages(bio, false);
	return ret;
}

int the_allocator_gets_what_was_never_its_own(unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, 0, &page) != 1)	/* audit: released source wrong:__free_page:125 */
		return -EFAULT;
	__free_page(page);
	return 0;
}
