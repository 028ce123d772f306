struct user_memory {
	struct page *pages[16];
	int count;
};

int memory_map(struct user_memory *memory, struct scatterlist *sg, unsigned long start)
{
	memory->count = pin_user_pages_fast(start, 16, 0, memory->pages);
	if (memory->count < 1)
		return -EFAULT;
	sg_set_page(sg, memory->pages[0], 4096, 0); /* borrowed 17 */
	return 0;
}

void memory_unmap(struct user_memory *memory)
{
	unpin_user_pages(memory->pages, memory->count);
}
