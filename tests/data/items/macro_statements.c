int run(int a)
{
	TRACE_ENTER
	if (a)
		PUT(a)
	else
		GET(a);
	STEP(a)
	STEP(a + 1)
	DECLARE_MAP(map, 8) = { 0 };
	forever {
		break;
	}
	switch (a) {
	STATE(1):
		return 1;
	}
	if likely(a)
		LAST(a)
}
