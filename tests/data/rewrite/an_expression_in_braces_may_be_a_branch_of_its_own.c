void both(struct thing *t)
{
	t = fast(1);
	if (!t)
		t = slow(1);
	use(t);
}

void one(struct thing *t)
{
	t = slow(2);
	use(t);
}
