static DEFINE_LOCK(one);
DEFINE_LOCK(two);
static DEFINE_LIST(three);

void run(void)
{
	static DEFINE_LOCK(four);
	DEFINE_LOCK(five);

	walk(&three);
}
