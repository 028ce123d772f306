#include "request.h"

static int start(struct request *r, unsigned long addr)
{
	return fill(&r->page, addr, 1);
}

static void next(struct list_head *queue, struct bio *bio)
{
	struct request *r = list_first_entry(queue, struct request, list);

	bio_add_page(bio, r->page, PAGE_SIZE, 0); /* gup */
}
