void f(void)
{
	old();
	old(1);
	old(1, 2, 3);
	old(1, 2, 3, 4);
}
