DEFINE_LOCK(one) __hot_data;
DEFINE_LOCK(two);

void run(void)
{
	walk();
}
