int poll(int status)
{
	int got;

	if ((got = status) - 3)
		return 1;
	if ((got = status) - 4 != 0) {
		wait();
	}
	return 0;
}
