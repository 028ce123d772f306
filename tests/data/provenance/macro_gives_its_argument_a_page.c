#define slot_zero(page) do {			\
		page = ZERO_PAGE(0);		\
	} while (0)
#define slot_is(page, other) ((page) == (other))

struct slot {
	struct page *held;
};

static int one(struct bio *bio, struct page *other, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	if (slot_is(page, other))
		bio_add_page(bio, page, PAGE_SIZE, 0); /* gup */
	if (bio->full)
		slot_zero(page);
	bio_add_page(bio, page, PAGE_SIZE, 0); /* mixed */
	return 0;
}

static void slot_send(struct bio *bio, struct slot *slot)
{
	bio_add_page(bio, slot->held, PAGE_SIZE, 0); /* mixed */
}

static int other(struct bio *bio, struct slot *slot, unsigned long addr)
{
	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &slot->held) != 1)
		return -EFAULT;
	slot_send(bio, slot);
	return 0;
}

static void pad(struct bio *bio, struct slot *slot)
{
	slot_zero(slot->held);
	slot_send(bio, slot);
}
