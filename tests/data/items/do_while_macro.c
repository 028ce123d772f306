void walk(struct task *t)
{
	do {
		visit(t);
	} while_each(t, next);
	do
		visit(t);
	while (0);
}
