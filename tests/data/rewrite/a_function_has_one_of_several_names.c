int first(int one)
{
	return 0;
}

int second(int two)
{
	return 0;
}

int third(int one)
{
	return 0;
}
