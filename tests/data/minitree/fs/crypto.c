// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Encryption of file contents: the pages of a bio, or of one scatterlist, are
 * shown to the cipher through a second one.
 */
#include <linux/blkdev.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

struct fscrypt_key {
	int (*crypt)(struct scatterlist *dst, struct scatterlist *src);
};

/* In place: the cipher works on whatever pages the bio carries. */
int fscrypt_decrypt_bio(const struct fscrypt_key *key, struct bio *bio)
{
	struct scatterlist sg;
	struct bio_vec *bv;
	int ret, i;

	sg_init_table(&sg, 1);
	bio_for_each_bvec_all(bv, bio, i) {
		struct page *page = bv->bv_page;

		sg_set_page(&sg, page, bv->bv_len, bv->bv_offset);
		ret = key->crypt(&sg, &sg);
		if (ret)
			return ret;
	}
	return 0;
}

/* A copy of a scatterlist that can be advanced without spoiling the first. */
int fscrypt_clone_sg(struct scatterlist *dst, struct scatterlist *src, int nents)
{
	struct scatterlist *sg;
	int i;

	sg_init_table(dst, nents);
	for_each_sg(src, sg, nents, i) {
		sg_set_page(dst, sg_page(sg), sg->length, sg->offset);
		dst = sg_next(dst);
	}
	return nents;
}

/* Out of place: what goes to the device is a page of our own. */
int fscrypt_encrypt_bio(const struct fscrypt_key *key, struct bio *bio,
			struct bio *out)
{
	struct scatterlist src, dst;
	struct bio_vec *bv;
	struct page *bounce;
	int ret, i;

	sg_init_table(&src, 1);
	sg_init_table(&dst, 1);
	bio_for_each_bvec_all(bv, bio, i) {
		bounce = alloc_page(GFP_NOIO);
		if (!bounce)
			return -ENOMEM;
		sg_assign_page(&src, bv->bv_page);
		sg_set_page(&dst, bounce, bv->bv_len, bv->bv_offset);
		ret = key->crypt(&dst, &src);
		if (ret) {
			__free_page(bounce);
			return ret;
		}
		__bio_add_page(out, bounce, bv->bv_len, bv->bv_offset);
	}
	return 0;
}
