void f(void)
{
	struct s a = alloc(sizeof(struct s));
	char *b = alloc(sizeof(char *));
	int c = alloc(sizeof(long));
}
