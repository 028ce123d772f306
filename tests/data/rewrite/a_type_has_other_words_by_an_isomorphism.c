void f(void)
{
	int a;
	signed int b;
	unsigned c;
	unsigned int d;
}
