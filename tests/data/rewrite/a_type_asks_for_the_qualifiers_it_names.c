void h(int *const pointer)
{
	const int x;
	int y;

	f(x, int);
	f(y, int);
	f(x, const int);
	f(y, const int);
	g(x);
	g(y);
	g(*pointer);
}
