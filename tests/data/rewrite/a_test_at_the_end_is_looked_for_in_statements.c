int f(void)
{
	struct item *p;

	p = find(3);
	if (!p)
		return 0;
	if (p == 1)
		return 1;
	return 2;
}
