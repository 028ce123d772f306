void f(struct s *a)
{
	struct s *l, tmp;
	swap(l, tmp);
}

void g(struct s *a)
{
	struct s tmp;
	swap(a, tmp);
	use(tmp);
}
