int probe(int a)
{
	if (a < 0)
		return a;
	if (a > 9) {
		return 9;
	}
	return start(a);
}
