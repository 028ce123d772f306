struct shm;
struct ops {
	int (*open)(struct shm *shm);
	int (*map)(struct shm *shm, struct page **pages);
};
