/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

#define NULL ((void *)0)

typedef _Bool bool;
enum { false, true };

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long s64;

typedef unsigned long size_t;
typedef long ssize_t;
typedef long long loff_t;
typedef u64 sector_t;
typedef u64 dma_addr_t;
typedef unsigned long pgoff_t;

typedef unsigned int gfp_t;
typedef u32 blk_opf_t;
typedef u8 blk_status_t;

#endif /* _LINUX_TYPES_H */
