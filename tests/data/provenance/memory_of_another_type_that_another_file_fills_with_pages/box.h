struct slot {
	unsigned long cookie;
	unsigned int len;
};

struct box {
	struct slot *slots;
	int used;
};

void refill(struct box *box, int often);
