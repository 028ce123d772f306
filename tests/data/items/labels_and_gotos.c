int jump(int a)
{
	__label__ inside;
	static void *const table[] = { &&one, &&two };

	goto *table[a];
one:
	int late = 1;
two: __attribute__((unused))
	switch (a) {
	case 1 ... 3:
		int in_case;
	case A ? B : C:
	default:
	}
	a = (unsigned long)&&out;
inside:
out:
}
