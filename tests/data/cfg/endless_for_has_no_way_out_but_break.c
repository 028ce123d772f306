void f(void)
{
	for (;;) {
		if (g())
			break;
	}
	for (;;)
		h();
}
