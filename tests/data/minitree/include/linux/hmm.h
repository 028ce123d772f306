/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_HMM_H
#define _LINUX_HMM_H

#include <linux/mm.h>

/**
 * struct hmm_range - a stretch of a mirrored address space
 * @start: first address
 * @end: one past the last address
 * @hmm_pfns: filled by hmm_range_fault(), one entry a page
 */
struct hmm_range {
	unsigned long start;
	unsigned long end;
	unsigned long *hmm_pfns;
};

int hmm_range_fault(struct hmm_range *range);
struct page *hmm_pfn_to_page(unsigned long hmm_pfn);

#endif /* _LINUX_HMM_H */
