void clear(struct page *one, int n)
{
	struct page *many[16];

	memset(many, 0, sizeof(many));
	memset(one, 0, sizeof(one));
}
