void fill(struct job *job, int at, unsigned int len, unsigned int offset)
{
	for (at = 0; at < job->count; at++) {
		if (job->wide)
			add(&job->list_of_segments[at], job->array_of_pages[at], len, offset);
		else
			add(&job->list_of_segments[at], job->pages[at], len, off);
	}
}
