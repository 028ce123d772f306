int parse(struct packet *p)
{
	u8 i, *next, last = 0;
	static u8 seen, lost;
	long sum, total;
	int n;

	return p->kind;
}
