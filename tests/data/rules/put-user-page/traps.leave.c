// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

struct two {
	struct page *page;
	struct page *held;
	struct page *pages[8];
};

/* Another reference is taken around a use of the pinned page. */
static int around_a_use(unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	get_page(page);
	lend(page);
	put_page(page);
	unpin_user_page(page);
	return 0;
}

/* The same of the head of a compound page. */
static int of_the_head(unsigned long addr)
{
	struct page *page, *head;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	head = compound_head(page);
	get_page(head);
	unpin_user_page(page);
	lend(head);
	put_page(head);
	return 0;
}

/* It is unpinned before: what is put is what somebody else has got. */
static int unpinned_before(unsigned long addr, struct two *two)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	lend(page);
	unpin_user_page(page);
	put_page(page);
	return 0;
}

/* Two puts one after the other: one of them is not the pin's. */
static int put_twice(unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	put_page(page);
	lend(page);
	put_page(page);
	return 0;
}

/* The reference is got, not pinned. */
static int got(unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	put_page(page);
	return 0;
}

/* A field that holds pages of both kinds. */
static int field_of_both(struct two *two, unsigned long addr)
{
	if (!addr)
		two->page = alloc_page(GFP_KERNEL);
	else if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &two->page) != 1)
		return -EFAULT;
	return 0;
}

static void put_field_of_both(struct two *two)
{
	put_page(two->page);
}

/* A loop over both kinds. */
static int mixture(unsigned long addr, struct page **pages, int nr)
{
	int i;

	if (pin_user_pages_fast(addr, nr, FOLL_WRITE, pages) != nr)
		return -EFAULT;
	pages[0] = alloc_page(GFP_KERNEL);
	for (i = 0; i < nr; i++)
		put_page(pages[i]);
	return 0;
}

/* Kept with a reference of its own, and put from where it is kept. */
static int keep(struct two *two, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	get_page(page);
	two->held = page;
	unpin_user_page(page);
	return 0;
}

static void drop(struct two *two)
{
	put_page(two->held);
}

/* The caller unpins what the callee only puts. */
static void callee(struct page *page)
{
	lend(page);
	put_page(page);
}

static int caller(unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	callee(page);
	unpin_user_page(page);
	return 0;
}

/* The reference of a fragment of a buffer. */
static void fragment(struct sk_buff *skb, unsigned long addr)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return;
	get_page(page);
	skb_fill_page_desc(skb, 0, page, 0, PAGE_SIZE);
	unpin_user_page(page);
}

static void fragment_freed(struct sk_buff *skb)
{
	put_page(skb_frag_page(&skb_shinfo(skb)->frags[0]));
}

/* Nobody knows where it is from. */
void given(struct page *page)
{
	put_page(page);
}
