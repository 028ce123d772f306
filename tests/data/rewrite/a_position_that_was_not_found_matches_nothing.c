int without(struct thing *t)
{
	if (t->busy)
		return 1;
	return t->count;
}
