void f(void)
{
	work();
	lock();
	work();
	work();
}
