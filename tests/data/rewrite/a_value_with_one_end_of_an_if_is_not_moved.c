int start(void)
{
	int n = grab(3
#ifdef MORE
			+ 5
#endif
#ifdef MOST
			+ 8
#endif
			);

	return n;
}
