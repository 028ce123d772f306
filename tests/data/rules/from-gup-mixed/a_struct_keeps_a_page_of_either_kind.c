#define STREAM_PAGES 64

struct stream_slot {
	struct bio *bio;
	struct page *held;		/* goes out next,
					 * unless it can grow */
	unsigned int held_len;
};

struct stream {
	struct iov_iter *iter;
	unsigned int head, tail;
	int error;
	/*
	 * Not cleared with the rest, so nothing belongs behind it.
	 */
	union {
		struct page *pages[STREAM_PAGES];	/* to be taken */
		struct work_struct done;
	};
};

static int stream_refill(struct stream *s)
{
	size_t offset;
	ssize_t ret;

	ret = iov_iter_get_pages2(s->iter, s->pages, LONG_MAX, STREAM_PAGES, &offset);
	if (ret < 0 && s->error == 0) {
		struct page *page = ZERO_PAGE(0);

		get_page(page);
		s->pages[0] = page;
		s->head = 0;
		s->tail = 1;
		return 0;
	}
	s->head = 0;
	s->tail = ret / PAGE_SIZE;
	return ret < 0 ? ret : 0;
}

static inline struct page *stream_next(struct stream *s)
{
	if (s->head == s->tail) {
		int ret = stream_refill(s);

		if (ret)
			return ERR_PTR(ret);
	}
	return s->pages[s->head];
}

static int stream_send(struct stream_slot *slot)
{
	if (bio_add_page(slot->bio, slot->held, slot->held_len, 0) != slot->held_len)
		return -EIO;
	return 0;
}

static int stream_put(struct stream_slot *slot, struct page *page, unsigned int len)
{
	int ret = 0;

	if (slot->held == page) {
		slot->held_len += len;
		return 0;
	}
	if (slot->held) {
		ret = stream_send(slot);
		slot->held = NULL;
		if (ret)
			return ret;
	}
	slot->held = page;
	slot->held_len = len;
	return ret;
}

static int stream_pad(struct stream_slot *slot, unsigned int len)
{
	struct page *page = ZERO_PAGE(0);

	return stream_put(slot, page, len);
}

static void stream_start(struct stream *s, struct iov_iter *iter)
{
	memset(s, 0, offsetof(struct stream, pages));
	s->iter = iter;
}

int stream_run(struct stream *s, struct stream_slot *slot, unsigned int blocks)
{
	struct page *page;
	int ret = 0;

	stream_start(s, s->iter);
	while (blocks--) {
		page = stream_next(s);
		if (IS_ERR(page))
			return PTR_ERR(page);
		ret = stream_put(slot, page, PAGE_SIZE);
		if (ret)
			break;
		s->head++;
	}
	return stream_pad(slot, 512);
}

int stream_flush(struct stream_slot *slot)
{
	const unsigned int len = slot->held_len;
	int ret = 0;

	if (slot->held && len)
		ret = stream_send(slot);
	slot->held = NULL;
	return ret;
}
EXPORT_SYMBOL(stream_flush);
