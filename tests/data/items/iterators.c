int sum(struct list *list)
{
	int total = 0;

	each_entry(e, list) {
		total += e->n;
	}
	each_entry_safe(e, next, list)
		each_part(p, e)
			if (p->n)
				total += p->n;
	each_slot(slot, list)
		*slot = 0;
	WITH_LOCK(list) return total;
}
