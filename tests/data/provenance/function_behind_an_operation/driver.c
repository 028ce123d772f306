static int driver_map(struct shm *shm, struct page **pages)
{
	sg_set_page(shm->sg, pages[0], 1, 0); /* gup */
	return 0;
}

static const struct ops driver_ops = {
	.map = driver_map,
};
