#define slot_hold(slot, page) do {		\
		(slot)->held = (page);		\
		(slot)->n++;			\
	} while (0)
#define slot_held(slot) ((slot)->held)

struct slot {
	struct page *held;
	int n;
};

struct tray {
	struct page *top;
};

static void slot_send(struct bio *bio, struct slot *slot)
{
	bio_add_page(bio, slot->held, PAGE_SIZE, 0); /* mixed */
}

static void slot_pad(struct bio *bio, struct slot *slot)
{
	slot_hold(slot, ZERO_PAGE(0));
	slot_send(bio, slot);
}

static void tray_send(struct bio *bio, struct tray *tray)
{
	bio_add_page(bio, tray->top, PAGE_SIZE, 0); /* gup */
}

static int slot_read(struct bio *bio, struct slot *slot, struct tray *tray, unsigned long addr)
{
	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &slot->held) != 1)
		return -EFAULT;
	tray->top = slot_held(slot);
	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &tray->top) != 1)
		return -EFAULT;
	slot_send(bio, slot);
	tray_send(bio, tray);
	return 0;
}
