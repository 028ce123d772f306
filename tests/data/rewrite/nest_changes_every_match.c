static int f(struct thing *p)
{
	if (p->old > 1)
		return p->old;
	while (p->old--)
		run(&p->old);
	return 0;
}
