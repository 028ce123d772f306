int f(int a, int b)
{
	if (a) {
		if (b) {
			note();
			goto out;
		}
		goto out;
	}
	return 15;
out:
	return 0;
}
