void f(void)
{
	call(a, b, NULL);
	last(a, flag);
	last(flag, a);
}
