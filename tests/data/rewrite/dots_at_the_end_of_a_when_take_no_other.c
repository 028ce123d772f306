void f(struct thing *t)
{
	t = find(1);
	if (!t)
		t = make();
}

void g(struct thing *t)
{
	t = find(2);
	put(t);
	t = make();
}

void h(struct thing *t)
{
	t = find(3);
	t = make();
}
