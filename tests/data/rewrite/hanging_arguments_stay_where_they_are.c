int map_table(struct table *table, struct item **items, unsigned long count)
{
	int ret;

	if (count) {
		ret = build_table(
			&table->first_half, items, count, 0,
			count << ITEM_SHIFT, longest_segment_of(table->owner),
			count, 0);
	}
	return ret;
}
