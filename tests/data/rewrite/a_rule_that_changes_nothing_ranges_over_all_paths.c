int on_one_path(int *pos)
{
	if (early)
		return 1;
	return move(pos);
}

int on_none(int *pos)
{
	if (early)
		return 1;
	return 2;
}
