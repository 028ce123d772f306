void f(int n)
{
	for (int i = 0; i < n; i++) {
		if (i == 2)
			continue;
		g(i);
	}
}
