int fill(struct page **where, unsigned long addr, int nr)
{
	return pin_user_pages_fast(addr, nr, FOLL_WRITE, where);
}
