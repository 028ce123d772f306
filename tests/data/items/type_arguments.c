void place(void *at)
{
	struct outer *o = holder_of(at, struct outer, inner.list[2]);
	int n = next_arg(args, unsigned long) + next_arg(args, char *) + least(u32, n, 4);

	declare(struct outer *named, int x);
	alloc(typeof(*o), plain, n * SIZE, a[n] * SIZE);
}
