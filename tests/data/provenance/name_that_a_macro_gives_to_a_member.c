#define held ctx->page

struct context {
	struct page *page;
};

static int take(struct context *ctx, unsigned long addr)
{
	return pin_user_pages_fast(addr, 1, FOLL_WRITE, &held);
}

static void spare(struct context *ctx)
{
	ctx->page = alloc_page(GFP_KERNEL);
}

static void give(struct context *ctx, struct bio *bio)
{
	bio_add_page(bio, held, PAGE_SIZE, 0); /* unknown */
}
