void f(int a)
{
	if (a)
		BUG();
	else
		panic("no %d", a);
	g();
}
