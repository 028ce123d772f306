int f(int a, int b)
{
	use(a, (a < b ? a : b));
	b = 1 + ((a < b ? a : b));
	return a < b ? a : b;
}
