int f(int a)
{
	if (a)
		a = 1;
	else
		a = 2;
	return a;
}
