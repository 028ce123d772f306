void f(char *p, int n)
{
	take((int)p, p == NULL);
	take(p, p == NULL);
	take((int)p, !p);
	take((int)p, NULL == p);
	last(n + 1);
	last(1 + n);
}
