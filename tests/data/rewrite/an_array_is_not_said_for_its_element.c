void f(struct vec *v, struct vec *vec, int i)
{
	v->page = p;
	vec[i].page = q;
	mark(vec[i].page);
	drop(vec);
	mark(v->page);
	drop(v);
}
