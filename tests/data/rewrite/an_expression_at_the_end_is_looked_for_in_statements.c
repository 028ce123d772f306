void f(struct s *a)
{
	lock(a);
	g();
	b = a;
}
