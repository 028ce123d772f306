void f(int a)
{
	lock();
	if (a)
		return;
	work();
}
