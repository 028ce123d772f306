void f(struct s *p)
{
	walk_all(p) {
		use(p);
	}
	walk_all(p)
	use(p);
}
