void f(void)
{
	mark();
	old();
}
