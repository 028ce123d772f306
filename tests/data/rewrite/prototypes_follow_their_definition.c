static int start(struct ctx *, int);
static int stop(struct ctx *c, int flags);
static void other(struct ctx *c, int unused);
static void old(void);

static int start(struct ctx *ctx, int unused)
{
	return run(ctx);
}

static int stop(struct ctx *ctx, int unused)
{
	return halt(ctx);
}

static void old(void)
{
	dead();
}

int last;
