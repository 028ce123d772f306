void shadowed(void)
{
	int fd;

	open(fd);
	if (more) {
		int fd;

		close(fd);
	}
}

void same(void)
{
	int fd;

	open(fd);
	if (more) {
		int other;

		log(other);
	}
	close(fd);
}
