int f(struct obj *obj, unsigned long addr, int n)
{
	obj->pages = kvmalloc_array(n, sizeof(*obj->pages), GFP_KERNEL);
	if (!obj->pages)
		return -1;
	if (pin_user_pages_fast(addr, n, 0, obj->pages) != n)
		return -1;
	return sg_alloc_table_from_pages(obj->sgt, obj->pages, n, 0, n, 0); /* gup */
}
