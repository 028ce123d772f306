/* SPDX-License-Identifier: GPL-2.0 */
/* Adders that the miniature tree does not have. */
#ifndef _LINUX_MORE_ADDERS_H
#define _LINUX_MORE_ADDERS_H

struct bio;
struct bio_vec;
struct folio;
struct page;
struct request_queue;
struct scatterlist;
struct sg_append_table;
struct sg_table;

bool bio_add_folio(struct bio *bio, struct folio *folio, size_t len,
		   size_t off);
void bio_add_folio_nofail(struct bio *bio, struct folio *folio, size_t len,
			  size_t off);
int bio_add_hw_page(struct request_queue *q, struct bio *bio,
		    struct page *page, unsigned int len, unsigned int offset,
		    unsigned int max_sectors, bool *same_page);
int bio_add_zone_append_page(struct bio *bio, struct page *page,
			     unsigned int len, unsigned int offset);

static inline void bvec_set_folio(struct bio_vec *bv, struct folio *folio,
				  unsigned int len, unsigned int offset)
{
	bvec_set_page(bv, folio_page(folio, 0), len, offset);
}

static inline void sg_set_folio(struct scatterlist *sg, struct folio *folio,
				size_t len, size_t offset)
{
	sg_set_page(sg, folio_page(folio, 0), len, offset);
}

int __sg_alloc_table_from_pages(struct sg_table *sgt, struct page **pages,
				unsigned int n_pages, unsigned int offset,
				unsigned long size, unsigned int max_segment,
				gfp_t gfp_mask);
int sg_alloc_append_table_from_pages(struct sg_append_table *sgt,
				     struct page **pages, unsigned int n_pages,
				     unsigned int offset, unsigned long size,
				     unsigned int max_segment,
				     unsigned int left_pages, gfp_t gfp_mask);

#endif
