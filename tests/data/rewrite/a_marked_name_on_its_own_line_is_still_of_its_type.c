int show(void)
{
	Frame top, bottom;

	return draw(top, bottom);
}
