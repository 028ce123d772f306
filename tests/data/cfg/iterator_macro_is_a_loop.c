void f(struct list_head *head)
{
	struct item *item;

	list_for_each_entry(item, head, list) {
		if (skip(item))
			continue;
		if (last(item))
			break;
		use(item);
	}
	end();
}
