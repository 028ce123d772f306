void f(struct vec *v, struct vec *vec, int i)
{
	start(vec[i].lock);
	work(i);
	stop(vec[i].lock);
}

void g(struct vec *v, struct vec *vec, int i, int j)
{
	start(vec[i].lock);
	work(i);
	stop(vec[j].lock);
}

void h(struct vec *v)
{
	start(v->lock);
	work(v);
	stop(v->lock);
}
