int fill(struct req *r, unsigned long addr)
{
	r->pages = kmalloc_array(r->nr, sizeof(*r->pages), GFP_KERNEL);
	return pin_user_pages_fast(addr, r->nr, 0, r->pages);
}
