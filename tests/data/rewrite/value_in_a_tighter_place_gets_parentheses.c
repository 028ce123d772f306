int f(int a, int b)
{
	return twice(a + b) + twice(a) - -twice(b);
}
