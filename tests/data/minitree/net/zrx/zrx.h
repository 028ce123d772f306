/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _ZRX_H
#define _ZRX_H

#include <linux/bvec.h>
#include <linux/scatterlist.h>
#include <linux/uio.h>

#define ZRX_FRAGS	17

/**
 * struct zrx_msg - one message on its way out
 * @nr_frags: entries of @sg in use
 * @zerocopy: the payload is the sender's own memory
 * @sg: the payload
 */
struct zrx_msg {
	int nr_frags;
	bool zerocopy;
	struct scatterlist sg[ZRX_FRAGS];
};

int zrx_msg_from_iter(struct zrx_msg *msg, struct iov_iter *from);
int zrx_msg_copy(struct zrx_msg *msg, size_t len);
int zrx_bvec_from_iter(struct bio_vec *bvec, struct iov_iter *from, int nr);

#endif /* _ZRX_H */
