static int plain(void)
{
	return 0;
}

static inline int traced(void)
{
	return trace();
}
