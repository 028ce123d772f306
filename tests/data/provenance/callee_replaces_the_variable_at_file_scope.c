static struct page *held;

static void refill(struct pool *pool)
{
	if (pool->low)
		held = alloc_page(GFP_KERNEL);
}

static int send(struct bio *bio, struct pool *pool, unsigned long addr)
{
	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &held) != 1)
		return -EFAULT;
	refill(pool);
	bio_add_page(bio, held, PAGE_SIZE, 0); /* mixed */
	return 0;
}
