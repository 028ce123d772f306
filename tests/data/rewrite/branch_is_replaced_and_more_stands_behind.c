int f(int a)
{
	if (a) {
		one();
		goto end;
	} else
		goto out;
end:
	two();
out:
	return 12;
}
