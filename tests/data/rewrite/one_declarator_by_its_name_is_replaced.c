int f(void)
{
	int a, x, c;

	return a + c;
}

int g(void)
{
	int x;

	return 0;
}
