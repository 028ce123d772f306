/* rules/from-gup/sg_set_page.cocci */
static void place(struct scatterlist *sg, struct iov_iter *iter, int kind)
{
	sg_set_page(sg, maybe_page, len, off);

	if (kind)
		sg_set_page(sg, maybe_page, len, off);

	if (kind)
		sg_set_page(sg, maybe_page, len, off); /* the first */
	else
		skip(sg);

	if (kind) {
		start(sg);
	} else
		sg_set_page(sg, maybe_page, len, off);

	for (i = 0; i < n; i++)
		sg_set_page(&sg[i], maybe_pages[i], PAGE_SIZE, 0);

	switch (kind) {
	case 1:
		sg_set_page(sg, maybe_page, len, off);
		break;
	}
	if (kind) sg_set_page(sg, maybe_page, len, off);
	do
		sg_set_page(sg, maybe_page, len, off);
	while (kind--);
out:
	sg_set_page(sg, maybe_page, len, off);
}
