void f(int a)
{
	if (a < 8)
		low(a);
	else {
		g();
		high(a);
	}
	while (next(a)) {
		low(a);
	}
	while (after(a)) {
		low(a);
	}
}

void nothing_would_be_left(int a)
{
	if (a < 8)
		low(a);
	else
		high(a);
	while (next(a))
		low(a);
}

void two_would_be_left(int a)
{
	while (after(a))
		low(a);
}
