void g(struct s *a)
{
	kfree(a->b);
	check(a->b);
	check(a->b);
	use(a->b);
	f(1, 2);
	f(1, 5);
	f(6, 5);
	f(1, 3);
}
