int f(char *p, int n)
{
	if (!p)
		return 1;
	if (NULL == p) {
		return 2;
	}
	if (p == NULL)
		n++;
	use(NULL != p);
	while (n)
		n = g(n != 0, n);
	return n;
}
