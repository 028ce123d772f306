void f(int x)
{
	old(x, CHECKED);
	old(x, 2);
}

void g(int x)
{
	old(x, CHECKED);
	old(x, 3);
}
