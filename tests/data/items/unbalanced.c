int first(void) { return 0; }
int broken(int a)
{
	if (a) {
		return 1;
}

int next(void)
{
	return 2;
}
;
)
{ 1, 2 },
int last;
