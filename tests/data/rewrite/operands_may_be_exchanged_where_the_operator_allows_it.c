int f(int n, int m)
{
	area(n * 3 + SIZE);
	area(SIZE + n * 3);
	area(4 + 3 * n);
	area(n * 3 - 4);
	return n <= m || m >= 2 || m < n;
}
