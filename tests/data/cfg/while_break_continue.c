void f(int a)
{
	while (a) {
		if (g(a))
			continue;
		if (h(a))
			break;
		a--;
	}
	end();
}
