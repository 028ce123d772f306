int f(int *x)
{
	if (x == NULL)
		a();
	if (x == NULL || b)
		a();
	if (a || !x || b)
		a();
	if (a && (x == NULL))
		a();
	g(1);
	g(2 + 1 + 3);
	g(1 * 2);
}

int whatever_is_true(int y)
{
	start(y);
	if (y == 0)
		stop(y);
}

int another_way(int y)
{
	start(y);
	if (y)
		stop(y);
}
