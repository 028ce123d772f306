void f(long a, int b)
{
	a + b;
	a;
	b;
}
