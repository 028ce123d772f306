int add(a, b)
	int a;
	long *b;
{
	return a + *b;
}
plain(x, y)
unit *x, *y;
{
}
