int f(void *x)
{
	int n;
	char name[16];

	return g((Old_Thing *)x, sizeof(Old_Thing));
}
