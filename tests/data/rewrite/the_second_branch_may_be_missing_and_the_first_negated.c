void f(int a)
{
	if (a < 8) {
		low(a);
		g();
	} else {
		g();
		high(a);
	}
	if (a >= 8) {
		high(a);
	} else
		low(a);
	if (a < 8)
		low(a);
	if (a >= 8)
		low(a);
}
