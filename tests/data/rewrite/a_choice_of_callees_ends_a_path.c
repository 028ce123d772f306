int f(struct thing *t, int x)
{
	struct part *p = get(t);

	enter(p);
	if (x)
		put(p);
	return x;
}
