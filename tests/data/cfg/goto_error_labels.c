int f(void)
{
	int ret;

	ret = g();
	if (ret)
		goto out;
	ret = h();
	if (ret)
		goto undo;
	return 0;
undo:
	k();
out:
	return ret;
}
