void f(struct page *p)
{
	struct page pages[4];

	size(pages);
	size("text");
	size(p);
	size(&p);
	size(p + 1);
}
