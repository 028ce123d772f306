#include "shared.h"

void give(struct bio *bio)
{
	bio_add_page(bio, shared_page, PAGE_SIZE, 0); /* gup */
}
