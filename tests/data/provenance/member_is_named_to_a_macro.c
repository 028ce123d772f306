#define slot_set(slot, member, value) ((slot)->member = (value))
#define slot_get(slot, member) ((slot)->member)

struct slot {
	struct page *held;
	int n;
};

static void slot_send(struct bio *bio, struct slot *slot)
{
	bio_add_page(bio, slot->held, PAGE_SIZE, 0); /* mixed */
}

static void slot_pad(struct bio *bio, struct slot *slot)
{
	slot_set(slot, held, ZERO_PAGE(0));
	slot_send(bio, slot);
}

static int slot_read(struct bio *bio, struct slot *slot, unsigned long addr)
{
	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &slot->held) != 1)
		return -EFAULT;
	slot_set(slot, n, 1);
	slot_send(bio, slot);
	return 0;
}
