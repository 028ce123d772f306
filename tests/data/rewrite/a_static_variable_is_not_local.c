int global;

void f(int n)
{
	int a;
	static int b;

	use(a);
	use(b);
	use(n);
	use(global);
	set(NULL);
	set(0);
}
