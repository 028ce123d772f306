int f(int *x)
{
	if (x == NULL)
		a();
	else
		b();
	if (!x)
		a();
	else
		b();
	if (NULL == x)
		a();
	else
		b();
	if (x == y)
		a();
}
