int ends_like_the_rule_but_unlocked(void)
{
	lock(a);
	if (b) {
		unlock(a);
		return 0;
	}
	return 0;
}

int ends_otherwise(void)
{
	lock(a);
	if (b) {
		unlock(a);
		return 7;
	}
	return 0;
}

int jumps(void)
{
	lock(a);
	if (b) {
		unlock(a);
		goto out;
	}
	return 0;
out:
	return 5;
}

int is_no_way_out(void)
{
	lock(a);
	if (b)
		unlock(a);
	else
		return 7;
	return 0;
}
