#include "request.h"

static int start(struct request *r, unsigned long addr)
{
	return fill(r->pages, addr, r->nr);
}

static void next(struct list_head *queue, struct bio *bio)
{
	struct request *r = list_first_entry(queue, struct request, list);

	bio_add_page(bio, r->pages[0], PAGE_SIZE, 0); /* gup */
}
