int direct(struct rqst *r, unsigned long addr)
{
	return pin_user_pages_fast(addr, 1, 0, r->pages);
}
