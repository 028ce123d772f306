void quiet(struct thing *t)
{
	take(t);
	other(t);
	put(t);
}

void busy(struct thing *t)
{
	take(t);
	use(t);
	put(t);
}
