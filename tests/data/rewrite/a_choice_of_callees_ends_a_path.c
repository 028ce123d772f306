int f(struct thing *t, int x)
{
	struct part *p = get(t);

	hold(p);
	if (x)
		put(p);
	return x;
}
