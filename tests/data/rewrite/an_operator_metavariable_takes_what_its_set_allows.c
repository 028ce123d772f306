void f(int n)
{
	both(1 == 2);
	both(1 && SIZE);
	both(1 < 2);
	n += 2;
	n = 2;
	n -= SIZE;
}
