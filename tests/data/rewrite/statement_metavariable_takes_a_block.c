void f(int a)
{
	int b;

	begin();
	{
		work();
		work();
	}
	end();
}
