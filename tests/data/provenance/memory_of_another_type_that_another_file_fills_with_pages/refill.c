static void once(struct page **pages)
{
	ops->fill(pages);
}

void refill(struct box *box, int often)
{
	while (often--)
		once((struct page **)box->slots);
}
