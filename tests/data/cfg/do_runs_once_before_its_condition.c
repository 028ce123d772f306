void f(int a)
{
	do {
		if (g())
			continue;
		a++;
	} while (a < 3);
}
