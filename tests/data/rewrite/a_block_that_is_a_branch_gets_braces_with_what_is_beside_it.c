int f(void)
{
	if (y) {
		a();
	}
}

int g(void)
{
	if (y)
		a();
}
