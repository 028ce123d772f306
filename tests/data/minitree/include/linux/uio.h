/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_UIO_H
#define _LINUX_UIO_H

#include <linux/types.h>

struct bio_vec;
struct page;

struct iov_iter {
	u8 iter_type;
	bool data_source;
	bool user_backed;
	size_t iov_offset;
	size_t count;
};

static inline bool user_backed_iter(const struct iov_iter *i)
{
	return i->user_backed;
}

static inline size_t iov_iter_count(const struct iov_iter *i)
{
	return i->count;
}

ssize_t iov_iter_get_pages2(struct iov_iter *i, struct page **pages,
			    size_t maxsize, unsigned int maxpages, size_t *start);
ssize_t iov_iter_get_pages_alloc2(struct iov_iter *i, struct page ***pages,
				  size_t maxsize, size_t *start);
size_t copy_from_iter(void *addr, size_t bytes, struct iov_iter *i);
int iov_iter_npages(const struct iov_iter *i, int maxpages);
void iov_iter_revert(struct iov_iter *i, size_t bytes);
void iov_iter_bvec(struct iov_iter *i, unsigned int direction,
		   const struct bio_vec *bvec, unsigned long nr_segs,
		   size_t count);

#endif /* _LINUX_UIO_H */
