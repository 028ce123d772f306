typedef struct ring {
	int head;
} ring_t;

struct queue {
	ring_t *in;
	ring_t out[2];
};

int used(ring_t *ring)
{
	return sizeof(ring_t) + ((ring_t *)ring)->head;
}
