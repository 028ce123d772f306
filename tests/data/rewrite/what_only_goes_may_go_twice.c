void one(void)
{
	first(1);
	x();
	y();
	z();
	last(wrap(wrap(2)));
}
