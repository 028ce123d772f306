void f(int a)
{
	if (a)
		return;
	while (more())
		step();
}
