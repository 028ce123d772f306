void one(void)
{
	open(open(1));
	close();
}

void two(void)
{
	open(2);
}
