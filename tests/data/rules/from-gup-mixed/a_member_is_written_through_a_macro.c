struct slot {
	struct bio *bio;
	struct page *held;
	unsigned int held_len;
};

static int slot_send(struct slot *slot)
{
	if (bio_add_page(slot->bio, slot->held, slot->held_len, 0) != slot->held_len)
		return -EIO;
	return 0;
}

int slot_read(struct slot *slot, unsigned long address)
{
	struct page *page;
	int ret;

	ret = pin_user_pages_fast(address, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return -EFAULT;
	slot->held = page;
	slot->held_len = PAGE_SIZE;
	return slot_send(slot);
}

int slot_pad(struct slot *slot)
{
	WRITE_ONCE(slot->held, ZERO_PAGE(0));
	slot->held_len = PAGE_SIZE;
	return slot_send(slot);
}
