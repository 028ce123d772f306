/* Nothing says which names are types but their places. */
static widget lamp;
widget *find(shelf *s, const tag key, box (*open)(box, int), ...);
typedef struct lid { handle h; } lid;

int weigh(crate *c, int n)
{
	parcel *p = c->first, **end = &p;
	gram total = (gram)n, page;
	lid lid;

	total += (gram)(n) * sizeof(parcel *) + sizeof(page);
	page = (n) - (total) * (c)->count;
	for (parcel *q = p; q; q = (parcel *)q->next)
		total += page;
	lid.h = (handle){ .n = n };
	n * total;
	return (weigher)(c, n) + (n * total) + (page)++;
}
