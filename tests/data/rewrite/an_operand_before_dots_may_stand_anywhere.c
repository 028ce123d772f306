void f(struct a *p, int b, int c)
{
	if (!p)
		return;
	if (!p || b)
		return;
	if (b || p == NULL || c)
		return;
	if (b || c)
		return;
	if (b && !p)
		return;
}
