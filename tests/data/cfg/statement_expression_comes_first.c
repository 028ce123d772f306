int f(int a)
{
	int b = ({
		int c = g(a);

		if (c < 0)
			goto out;
		c;
	});

	if (b && ({ h(b); 1; }))
		k();
	return b;
out:
	return -1;
}
