void f(int n)
{
	if (n == 1)
		one();
	else if (n == 2)
		two();
	else
		many();
}
