int __cold_path fail(void)
{
	return -1;
}

int plain(void)
{
	return -1;
}

int go(void)
{
	long plain;
	long watched __guarded;

	return watched;
}
