int share(struct ops *ops, struct shm *shm, unsigned long addr)
{
	struct page *pages[4];

	if (pin_user_pages_fast(addr, 4, 0, pages) != 4)
		return -EFAULT;
	return ops->map(shm, pages);
}
