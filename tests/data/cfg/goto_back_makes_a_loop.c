void f(int a)
{
again:
	if (g(a))
		goto again;
}
