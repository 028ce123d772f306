int fits(int len)
{
	if (16 KB < len)
		return 0;
	if (len > 64 KB)
		return 0;
	return len != 4 KB;
}
