static int f(void)
{
	old();
}

struct s *g(int x)
{
	old();
}

struct s h(int x)
{
	old();
}

void user(void)
{
	int a;
	long *b;
	long c;
}
