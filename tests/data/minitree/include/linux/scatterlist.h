/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_SCATTERLIST_H
#define _LINUX_SCATTERLIST_H

#include <linux/mm.h>

struct scatterlist {
	unsigned long	page_link;
	unsigned int	offset;
	unsigned int	length;
	dma_addr_t	dma_address;
};

struct sg_table {
	struct scatterlist *sgl;
	unsigned int nents;
	unsigned int orig_nents;
};

/* The low bits of page_link mark chain entries and the end of the list. */
#define SG_PAGE_LINK_MASK	0x3UL

#define for_each_sg(sglist, sg, nr, i)	\
	for (i = 0, sg = (sglist); i < (nr); i++, sg = sg_next(sg))

struct scatterlist *sg_next(struct scatterlist *sg);
void sg_init_table(struct scatterlist *sgl, unsigned int nents);
void sg_mark_end(struct scatterlist *sg);
void sg_free_table(struct sg_table *table);

int sg_alloc_table_from_pages_segment(struct sg_table *sgt, struct page **pages,
				      unsigned int n_pages, unsigned int offset,
				      unsigned long size,
				      unsigned int max_segment, gfp_t gfp_mask);

/**
 * sg_assign_page - Assign a given page to an SG entry
 * @sg: SG entry
 * @page: the page
 */
static inline void sg_assign_page(struct scatterlist *sg, struct page *page)
{
	sg->page_link &= SG_PAGE_LINK_MASK;
	sg->page_link |= (unsigned long)page;
}

/**
 * sg_set_page - Set an SG entry to point at given page
 * @sg: SG entry
 * @page: the page
 * @len: length of data
 * @offset: offset into the page
 */
static inline void sg_set_page(struct scatterlist *sg, struct page *page,
			       unsigned int len, unsigned int offset)
{
	sg_assign_page(sg, page);
	sg->length = len;
	sg->offset = offset;
}

static inline struct page *sg_page(struct scatterlist *sg)
{
	return (struct page *)(sg->page_link & ~SG_PAGE_LINK_MASK);
}

/**
 * sg_alloc_table_from_pages - Build an SG table over an array of pages
 * @sgt: the table to fill
 * @pages: the pages, in order
 * @n_pages: how many there are
 * @offset: where the data starts in the first page
 * @size: number of bytes of data
 * @gfp_mask: how to allocate the table
 */
static inline int sg_alloc_table_from_pages(struct sg_table *sgt,
					    struct page **pages,
					    unsigned int n_pages,
					    unsigned int offset,
					    unsigned long size, gfp_t gfp_mask)
{
	return sg_alloc_table_from_pages_segment(sgt, pages, n_pages, offset,
						 size, UINT_MAX, gfp_mask);
}

#endif /* _LINUX_SCATTERLIST_H */
