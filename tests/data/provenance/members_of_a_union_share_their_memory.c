struct slot {
	int kind;
	union {
		struct page *user;
		struct page *any;
		struct bio *bio;
	};
};

void first(struct slot *slot, struct scatterlist *sg, unsigned long start)
{
	slot->any = alloc_page(GFP_KERNEL);
	if (pin_user_pages_fast(start, 1, FOLL_WRITE, &slot->user) < 1)
		return;
	slot->any = slot->user;
	sg_set_page(sg, slot->user, 4096, 0); /* gup */
}

void second(struct slot *slot, struct scatterlist *sg)
{
	slot->user = alloc_page(GFP_KERNEL);
	sg_set_page(sg, slot->any, 4096, 0); /* other */
}
