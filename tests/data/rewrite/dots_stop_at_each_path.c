int both(struct thing *t, int n)
{
	take(t);
	if (n) {
		use(t);
		put(t);
	} else {
		put(t);
	}
	return 0;
}

int one(struct thing *t, int n)
{
	take(t);
	if (n)
		put(t);
	return 0;
}

int error_path(struct thing *t, int n)
{
	take(t);
	if (n < 0)
		return n;
	put(t);
	return 0;
}
