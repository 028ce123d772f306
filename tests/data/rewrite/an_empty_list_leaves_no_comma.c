void g(void)
{
	f(last);
	f(a, last);
	f(a, b(c, d), last);
}
