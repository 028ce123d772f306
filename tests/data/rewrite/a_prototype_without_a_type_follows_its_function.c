start(int unit);
static stop(int unit);
declare_unit(int, unit);

start(int unit)
{
	return unit;
}

static stop(int unit)
{
	return unit;
}
