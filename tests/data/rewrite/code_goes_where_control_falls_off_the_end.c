int always(int x)
{
	return x;
}

void falls(int x)
{
	if (x)
		return;
	work(x);
}

void never(int x)
{
	for (;;)
		work(x);
}
