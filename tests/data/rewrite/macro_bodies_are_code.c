#define put(x) old_put(x)
#define put_both(a, b) do { \
		old_put(a); \
		old_put(b); \
	} while (0)
#define NAME "old_put(x)"

void done(struct thing *t)
{
	old_put(t);
}
