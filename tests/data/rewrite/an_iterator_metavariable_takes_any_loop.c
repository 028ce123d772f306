void f(void)
{
	list_for_each(pos, &head) {
		use(pos);
	}
	for_each_item(i, items)
		use(i);
}
